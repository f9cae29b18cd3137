"""An agent that plans and acts by itself, and tells: planscope -- python3 agent.py

Its loop stays its own. `Told.call` is what it wraps its tools in: it waits there until it is let go on, and returns what
came back, or what somebody said that came back.
"""
import json
import sys


class Told:
    """Answers planscope while the agent waits: what is next, and what came of it."""

    def __init__(self, **what):
        self.done, self.asked = 0, self.read()
        while self.asked["verb"] != "tell":
            self.answer(error="ask me to tell first")
            self.asked = self.read()
        self.answer(**what)
        self.asked = self.read()

    def read(self):
        line = sys.stdin.readline()
        return json.loads(line) if line else sys.exit()

    def answer(self, **fields):
        print(json.dumps({"id": self.asked["id"], **fields}), flush=True)

    def call(self, plan, why, do):
        """Does plan[0] once it is let go on; plan is what the agent means to do from here."""
        while self.asked["verb"] == "plan":
            done = [step for step in self.asked["done"] if step["status"] == "done"]
            if len(done) < self.done:
                self.answer(error="I cannot go back by myself: start me again")
                self.asked = self.read()
                continue
            if len(done) > self.done:  # somebody said what came back: it was not called
                self.done += 1
                return list(done[self.done - 1]["results"].values())[0]
            self.answer(plan=[{"tool": tool, "why": why} for tool in plan])
            self.asked = self.read()
        if self.asked["tool"] != plan[0]:
            self.answer(error=f"I am about to {plan[0]}, not to {self.asked['tool']}")
            self.asked = self.read()
            return self.call(plan, why, do)
        result = do(self.asked["inputs"])
        self.answer(result=result)
        self.done, self.asked = self.done + 1, self.read()
        return result

    def end(self):
        while True:
            self.answer(plan=[])
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
