"""The process that serves: sockets, connections, clients, limits, log and metrics."""
