-- The requests of a LoadPlan (load.mjs), for wrk. What they are is said in request-sequence.mjs, which makes the same ones.
--
-- Answers are looked at only where they have follow-ups: wrk then hands over every header, which costs. Else it counts
-- what is 400 and above, and the server's own counters say the rest.

local sequence = 0
local plan
local template
local follow_up
local waiting = {} -- follow-ups to be sent, oldest first
local waiting_first = 1
local waiting_last = 0

-- "a{user}b" becomes {"a", "{user}", "b"}
local function parts_of(text)
  local parts = {}
  local from = 1
  for start, name, stop in text:gmatch("(){(%l+)}()") do
    table.insert(parts, text:sub(from, start - 1))
    table.insert(parts, "{" .. name .. "}")
    from = stop
  end
  table.insert(parts, text:sub(from))
  return parts
end

-- Tables are made once and used for every request: what the load takes of the CPU is not the server's to have.
local pieces = {}

local function filled(parts, values)
  for index = 1, #parts do
    local part = parts[index]
    pieces[index] = values[part] or part
  end
  return table.concat(pieces, "", 1, #parts)
end

local function request_text(parts, values)
  if plan.get_headers then
    return "GET " .. filled(parts.path, values) .. parts.before_headers .. plan.get_headers .. "\r\n"
  end
  local body = filled(parts.body, values)
  local path = filled(parts.path, values)
  return "POST " .. path .. parts.between .. #body .. "\r\n\r\n" .. body
end

local function seats_text(count, first)
  if count == 1 then return '"' .. first .. '"' end
  local seats = {}
  for index = 1, count do
    seats[index] = '"' .. first + index - 1 .. '"'
  end
  return table.concat(seats, ",")
end

local numbered = {}

local function values_of(number)
  local blocks = plan.blocks_per_event
  local block = (number % blocks) * plan.stride % blocks
  numbered["{event}"] = plan.event_prefix .. math.floor(number / blocks) % plan.event_count
  numbered["{seats}"] = seats_text(plan.seats_per_request, block * plan.seats_per_request + 1)
  numbered["{user}"] = number % plan.users
  return numbered
end

-- How many answers there were of each status; read by `done`.
statuses = {}

local function look_at(status, headers, body)
  statuses[status] = (statuses[status] or 0) + 1
  if not body:find(follow_up.when, 1, true) then return end
  waiting_last = waiting_last + 1
  waiting[waiting_last] = {
    ["{id}"] = body:match('"id":"([^"]+)"') or follow_up.id,
    ["{user}"] = body:match('"userId":"buyer%-(%d+)"'),
  }
end

local function next_follow_up()
  if waiting_first > waiting_last then return nil end
  local values = waiting[waiting_first]
  waiting[waiting_first] = nil
  waiting_first = waiting_first + 1
  return values
end

local function template_of(path, body)
  return {
    path = parts_of(path),
    before_headers = " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\n",
    body = parts_of(body),
    between = " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
      .. "\r\nContent-Type: application/json\r\nContent-Length: ",
  }
end

function init(args)
  local given = {}
  for _, arg in ipairs(args) do
    local name, value = arg:match("^([%w_]+)=(.*)$")
    if name then given[name] = tonumber(value) or value end
  end
  sequence = given.first
  plan = given
  template = template_of(given.path, given.body)
  if given.follow_up_path then
    follow_up = template_of(given.follow_up_path, given.follow_up_body)
    follow_up.when = given.follow_up_when
    follow_up.id = given.follow_up_id
    response = look_at
  end
end

function request()
  local values = next_follow_up()
  if values then return request_text(follow_up, values) end
  local number = sequence
  sequence = sequence + 1
  return request_text(template, values_of(number))
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function statuses_json()
  local counts = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      table.insert(counts, string.format('"%d":%d', status, count))
    end
  end
  return #counts == 0 and "null" or "{" .. table.concat(counts, ",") .. "}"
end

-- One line of JSON: a LoadReport without the load's own CPU time.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"ms":%.3f,"refused":%d,"socketErrors":%d,"statuses":%s,'
      .. '"latencyMs":{"p50":%.3f,"p90":%.3f,"p99":%.3f,"p999":%.3f,"max":%.3f}}\n',
    summary.requests, summary.duration / 1e3, errors.status,
    errors.connect + errors.read + errors.write, statuses_json(),
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3, latency.max / 1e3))
end
