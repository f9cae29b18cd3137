"""A planner in some 20 lines: forward from what is fresh, until everything that is wanted has a writer."""
import json
import sys

for line in sys.stdin:
    asked = json.loads(line)
    if asked["verb"] != "plan":
        print(json.dumps({"id": asked["id"], "error": "I only plan"}), flush=True)
        continue
    there = {key for key, fact in asked["context"].items() if fact["fresh"]}
    missing, plan = set(asked["wants"]) - there, []
    while missing - there:
        ready = [t for t in asked["tools"] if set(t["inputs"]) <= there and not set(t["outputs"]) <= there]
        if not ready:
            break
        tool = min(ready, key=lambda t: (not set(t["outputs"]) & missing, t["cost"]))
        plan.append({"tool": tool["name"], "why": f"makes {', '.join(tool['outputs'])} of what is there"})
        there |= set(tool["outputs"])
    answer = {"id": asked["id"], "plan": plan}
    if missing - there:
        answer = {"id": asked["id"], "no_plan": f"no tool makes {', '.join(sorted(missing - there))}"}
    print(json.dumps(answer), flush=True)
