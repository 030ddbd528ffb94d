-- Any of the cases whose ids stand in the file IDS, or the one list LIST.
wrk.headers["Connection"] = "close"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
local list = os.getenv("LIST")
local ids = {}
function init()
  math.randomseed(os.time())
  for id in io.lines(os.getenv("IDS")) do ids[#ids + 1] = id end
end
function request()
  if list and list ~= "" then return wrk.format("GET", list) end
  return wrk.format("GET", "/api/v1/cases/" .. ids[math.random(#ids)])
end
