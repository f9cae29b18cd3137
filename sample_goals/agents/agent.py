"""An agent that plans and acts by itself, and tells: planscope -- python3 agent.py

Its loop stays its own. `Told.call` is what it wraps its tools in: it waits there until it is let go on, and returns what
came back, or what somebody said that came back. Resumed, it runs through what was done before without doing it again.
"""
import json
import sys


class Told:
    """Answers planscope while the agent waits: what is next, and what came of it."""

    def __init__(self, **what):
        self.done, self.asked = 0, self.read()
        if self.asked["verb"] == "tell":
            self.answer(**what)
            self.asked = self.read()

    def read(self):
        line = sys.stdin.readline()
        return json.loads(line) if line else sys.exit()

    def answer(self, **fields):
        print(json.dumps({"id": self.asked["id"], **fields}), flush=True)

    def call(self, plan, why, do):
        """Does plan[0] once it is let go on; plan is what the agent means to do from here."""
        while (self.asked["verb"], self.asked.get("tool")) != ("call", plan[0]):
            done = [step for step in self.asked.get("done", []) if step["status"] == "done"]
            if self.asked["verb"] != "plan" or plan[0] not in [tool["name"] for tool in self.asked["tools"]]:
                self.answer(error=f"I am about to {plan[0]}")
            elif len(done) < self.done:
                self.answer(error="I cannot go back by myself: start me again")
            elif len(done) > self.done:  # it was done before, or somebody said what came back
                key = next(iter(done[self.done]["to"].values()))
                self.done += 1
                return self.asked["context"][key]["value"]
            else:
                self.answer(plan=[{"tool": tool, "why": why} for tool in plan])
            self.asked = self.read()
        result = do(self.asked["inputs"])
        self.answer(result=result)
        self.done, self.asked = self.done + 1, self.read()
        return result

    def end(self):
        while True:
            done = [step for step in self.asked.get("done", []) if step["status"] == "done"]
            self.answer(**{"error": "I am done: start me again"} if len(done) < self.done else {"plan": []})
            self.asked = self.read()


def agent(told):
    tickets = told.call(["look", "count"], "first look", lambda _: ["refund", "refund", "password"])
    plan = ["count", "reply"] if "refund" in tickets else ["reply"]
    counts = {}
    if plan[0] == "count":
        counts = told.call(plan, "there are refunds", lambda asked: {t: asked["tickets"].count(t) for t in asked["tickets"]})
    told.call(["reply"], "all is known", lambda asked: f"{len(asked['tickets'])} tickets, {counts.get('refund', 0)} refunds")
    told.end()


agent(Told(goal="Answer the tickets", wants={"reply": "length > 0"}, tools={
    "look": {"description": "Look for tickets", "outputs": ["tickets"]},
    "count": {"description": "Count them", "inputs": ["tickets"], "outputs": ["counts"]},
    "reply": {"description": "Write the reply", "inputs": ["tickets"], "outputs": ["reply"]},
}))
