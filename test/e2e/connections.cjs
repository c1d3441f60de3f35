/** Loaded before the function: appends each host that its process connects to, one per line, to the file E2E_CONNECTIONS. */
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  // net.connect passes its options and callback in an array.
  const [target] = Array.isArray(args[0]) ? args[0] : args;
  const {
    host = 'localhost',
    port,
    path,
  } = typeof target === 'object' ? target : { port: target, host: args[1] };
  appendFileSync(process.env.E2E_CONNECTIONS, `${path ?? `${host}:${port}`}\n`);
  return connect.apply(this, args);
};
