"""explore: N worlds from seed S, log all violations, no shrink."""

import collections
import os
import re

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ansible_collections.openmdm.vpp.tests.faults import machine, runs
from ansible_collections.openmdm.vpp.tests.faults import test_converge_mail as tc


def test_explore():
    seed, n = int(os.environ["S"]), int(os.environ["N"])
    out = open(f"/tmp/C_violm_{seed}.txt", "w")
    kinds = collections.Counter()

    def note(world, error):
        text = str(error)
        key = re.sub(r"[0-9a-f-]{36}|\d+", "#", text)[:90]
        kinds[key] += 1
        if kinds[key] <= 6:
            out.write(
                f"==== world {w[0]} {key}\nSWITCHES { ({k: v for k, v in world.box.switches.all().items() if k in world.plot.switches}) }\nSTATE { ({k: v for k, v in world.options.items() if k in ('state_dir', 'cache')}) }\nPLOT {world.plot}\n"
            )
            out.writelines(f"   {h}\n" for h in world.history)
            out.write(f"VIOLATION {text[:6000]}\n")
            out.flush()

    T = machine.Tally("x")
    w = [0]
    S = collections.Counter()
    oi = runs.World.__init__

    def init(self, plot, *k):
        w[0] += 1
        self.plot = plot
        self.history = []
        oi(self, plot, *k)

    orun = runs.World.run

    def run(self, task, storm=runs.CALM):
        self.history.append(("run", task, storm))
        S["n"] += storm is not runs.CALM
        S["kill"] += storm.kill is not None
        S["faults"] += len(storm.faults)
        S["others"] += len(storm.others)
        try:
            r = orun(self, task, storm)
            self.history.append(
                (
                    "->",
                    None
                    if r is None
                    else (r.failed, r.data.get("msg"), r.data.get("summary"), r.data.get("plan", {}).get("operations")),
                )
            )
            self.history.append(("pairs", sorted(self.town.pairs())))
            return r
        except AssertionError as e:
            note(self, e)
            return None

    oo = runs.World.other

    def other(self, *a):
        self.history.append(("other", *a))
        return oo(self, *a)

    runs.World.__init__ = init
    runs.World.run = run
    runs.World.other = other
    oc = machine.converge

    def converge(world, task):
        world.history.append(("CONVERGE",))
        try:
            oc(world, task)
        except AssertionError as e:
            if str(e).strip() != "assert None is not None":
                note(world, e)

    machine.converge = converge

    m = type("Worlds", (tc.Invitations,), {"tally": T, "_hypothesis_internal_use_seed": seed})
    srv = tc.MailServer()
    cm = srv.running()
    cm.__enter__()
    tc.Invitations.server = srv
    try:
        run_state_machine_as_test(
            m,
            settings=settings(
                max_examples=n,
                stateful_step_count=5,
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        cm.__exit__(None, None, None)
        print(S)
        print(T.counts)
        for k, c in kinds.most_common():
            print(c, k)
