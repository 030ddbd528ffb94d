-- One case after the other, each with a kilobyte of text, as ../shared/peers creates issues.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Connection"] = "close"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
local body = string.rep("0123456789abcdefghijklmnopqrstuvwxyz body line of the issue..\\n", 16)
local n = 0
function request()
  n = n + 1
  return wrk.format(nil, nil, nil, '{"kind":"customer-acceptance","channel":"api","title":"bench case ' .. n ..
    '","description":"' .. body .. '"}')
end
