"""The parts of the endpoint benchmark: graph, workloads, servers, load, comparison of answers, report."""
