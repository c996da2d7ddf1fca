-- Send the requests of a file in order, one per line (path, tab, body of a POST), and print the outcome as JSON.

local requests, position = {}, 0

function init(args)
  local headers = {}
  for number = 2, #args do
    local name, value = args[number]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]*)\t?(.*)$")
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path, headers)
    else
      requests[#requests + 1] = wrk.format("POST", path, headers, body)
    end
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}, "median_ms": %f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout, latency:percentile(50) / 1000))
end
