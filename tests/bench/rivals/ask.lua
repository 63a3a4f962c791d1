-- wrk: one path after another of a file, for ever; figures as one line: requests/s, p50 and p99 in ms, what failed.
local paths = {}
local at = 0

function init(args)
	for line in io.lines(args[1]) do
		paths[#paths + 1] = wrk.format("GET", line)
	end
end

function request()
	at = at % #paths + 1
	return paths[at]
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("figures %.1f %.3f %.3f %d\n", summary.requests / summary.duration * 1e6,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
