/** Loaded before the function: writes down where its process connects to, a line each, in the file E2E_CONNECTIONS. */
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  // As net.connect hands them on: the options and the callback in an array.
  const [target] = Array.isArray(args[0]) ? args[0] : args;
  const {
    host = 'localhost',
    port,
    path,
  } = typeof target === 'object' ? target : { port: target, host: args[1] };
  appendFileSync(process.env.E2E_CONNECTIONS, `${path ?? `${host}:${port}`}\n`);
  return connect.apply(this, args);
};
