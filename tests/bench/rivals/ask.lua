-- wrk: one path after another of a file, for ever; figures as one line: requests/s, p50 and p99 in ms, what failed.
-- With "new" behind the file no two requests are alike: each accepts a form with another parameter, which changes no
-- answer, but is part of the question.
local requests = {}
local at, number = 0, 0
local new

function init(args)
	new = args[2] == "new"
	for line in io.lines(args[1]) do
		local request = wrk.format("GET", line)
		if new then
			request = request:gsub("(Accept: [^\r]*)\r\n(.*)\r\n$", "%2%1;n=")
		end
		requests[#requests + 1] = request
	end
end

function request()
	at = at % #requests + 1
	if not new then
		return requests[at]
	end
	number = number + 1
	return requests[at] .. number .. "\r\n\r\n"
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("figures %.1f %.3f %.3f %d\n", summary.requests / summary.duration * 1e6,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
