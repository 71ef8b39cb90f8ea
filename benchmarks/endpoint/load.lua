-- Requests for wrk: queries drawn from a pool by weight, each with a number put after its last word, LIMIT.
-- Arguments: pool file, seed of the draws, number of the first request, step to the next.
local queries, upto, total = {}, {}, 0
local head, tail, number, step

function init(args)
  for line in io.lines(args[1]) do
    local weight, query = line:match("^(%S+) (.*)$")
    total = total + tonumber(weight)
    queries[#queries + 1], upto[#upto + 1] = query, total
  end
  math.randomseed(tonumber(args[2]))
  number, step = tonumber(args[3]), tonumber(args[4])
  head = "GET " .. wrk.path .. "?query="
  tail = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nAccept: application/sparql-results+json\r\n\r\n"
end

function request()
  local draw, low, high = math.random() * total, 1, #upto
  while low < high do
    local middle = math.floor((low + high) / 2)
    if upto[middle] < draw then low = middle + 1 else high = middle end
  end
  number = number + step
  return head .. queries[low] .. string.format("%d", number) .. tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "status": %d, "broken": %d, "timeout": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
