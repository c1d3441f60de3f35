// Loaded into a command by --import: S3 Control puts the account in front of the endpoint's name, and not every system resolves
// names that end in `.localhost` to this machine.
import dns from 'node:dns';

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest);
