------------------------------- MODULE Views -------------------------------
(* View agreement: one Paxos slot per epoch, persistent acceptors, restarts  *)
(* with and without disk. Messages are kept for ever in sets, so they may be *)
(* lost (never read), repeated, reordered and delayed at will.               *)
EXTENDS Integers, FiniteSets
CONSTANTS
  N,              \* nodes 1..N, all configured
  Proposers,      \* subset of nodes that ever propose (bounds the duel)
  Xs,             \* free bits in a proposal, so that one proposer may propose two values
  MaxSlot, MaxRound, MaxWipe, MaxCrash,
  ObserverRule,   \* a wiped node neither promises nor accepts before admission
  ObserverMayPropose, \* "anyone may propose", observers too
  PersistRound,   \* a round is on disk before its prepare is sent
  PersistVotes,   \* promises and acceptances are on disk before they are answered
  PersistFresh,   \* so is to whom a node has said that it is fresh
  BallotHasInc,   \* the incarnation is part of the ballot
  OneWipe,        \* at most one node unadmitted at any time
  Bootstrap,      \* "none": slot 0 exists; "majority" | "all": fresh answers needed;
                  \* "once": all, and a node says fresh to one incarnation of each other only
  FreshVoted      \* a node that has voted on slot 1, and not learned it, still says that it is fresh

Nodes == 1..N
Maj(S) == 2 * Cardinality(S) > N
Slots == 1..MaxSlot
Bal(r, n, i) == r * 100 + n * 10 + (IF BallotHasInc THEN i ELSE 0)
None == [b |-> 0, v |-> 0]
\* a view: which incarnations it admits, and one free bit (an opinion on who is alive)
View0 == [x |-> 0, inc |-> [n \in Nodes |-> 0]]

VARIABLES inc, prom, acc, com, inst, mem, m1a, m1b, m2a, m2b, wipes, crashes,
          open, freshMsg, said
vars == <<inc, prom, acc, com, inst, mem, m1a, m1b, m2a, m2b, wipes, crashes, open, freshMsg, said>>

Init ==
  /\ inc = [n \in Nodes |-> 0]
  /\ prom = [n \in Nodes |-> [s \in Slots |-> 0]]
  /\ acc = [n \in Nodes |-> [s \in Slots |-> None]]
  /\ com = [n \in Nodes |-> 0]
  /\ inst = [n \in Nodes |-> [s \in Slots |-> None]]
  /\ mem = [n \in Nodes |-> {}]
  /\ m1a = {} /\ m1b = {} /\ m2a = {} /\ m2b = {}
  /\ wipes = 0 /\ crashes = 0
  /\ open = [n \in Nodes |-> Bootstrap = "none"]
  /\ freshMsg = {} /\ said = [n \in Nodes |-> {}]

ViewOf(n, s) == IF s = 0 THEN View0 ELSE inst[n][s]
\* n belongs, in this incarnation, to the view of slot s-1 that it knows
Admitted(n, s) == IF Bootstrap # "none" /\ s = 1 THEN open[n]
                  ELSE ViewOf(n, s - 1).inc[n] = inc[n]
MayVote(n, s) == com[n] = s - 1 /\ (ObserverRule => Admitted(n, s))
                 /\ (s = 1 => open[n])

Fresh(n) == com[n] = 0 /\ \A s \in Slots : prom[n][s] = 0 /\ acc[n][s] = None
SayFresh(m, n) == /\ Bootstrap # "none" /\ m # n /\ Fresh(n) /\ ~open[n]
                  /\ IF FreshVoted THEN com[m] = 0 ELSE Fresh(m)
                  /\ Bootstrap = "once" => \A f \in said[m] : f.to = n => f.inc = inc[n]
                  /\ said' = [said EXCEPT ![m] = @ \cup {[to |-> n, inc |-> inc[n]]}]
                  /\ freshMsg' = freshMsg \cup {[from |-> m, to |-> n, inc |-> inc[n]]}
                  /\ UNCHANGED <<inc, prom, acc, com, inst, mem, m1a, m1b, m2a, m2b, wipes, crashes, open>>
Open(n) == /\ ~open[n] /\ Fresh(n)
           /\ LET F == {n} \cup {m \in Nodes : [from |-> m, to |-> n, inc |-> inc[n]] \in freshMsg}
              IN IF Bootstrap \in {"all", "once"} THEN F = Nodes ELSE Maj(F)
           /\ open' = [open EXCEPT ![n] = TRUE]
           /\ UNCHANGED <<inc, prom, acc, com, inst, mem, m1a, m1b, m2a, m2b, wipes, crashes, freshMsg, said>>

Prepare(p, s, r) ==
  LET b == Bal(r, p, inc[p]) IN
  /\ com[p] = s - 1 /\ (s = 1 => open[p])
  /\ ObserverMayPropose \/ Admitted(p, s)
  /\ [s |-> s, b |-> b, t |-> "a"] \notin mem[p]
  /\ mem' = [mem EXCEPT ![p] = @ \cup {[s |-> s, b |-> b, t |-> "a"]}]
  /\ m1a' = m1a \cup {[s |-> s, b |-> b]}
  /\ UNCHANGED <<inc, prom, acc, com, inst, m1b, m2a, m2b, wipes, crashes, open, freshMsg, said>>

Promise(n, a) ==
  /\ MayVote(n, a.s) /\ a.b > prom[n][a.s]
  /\ prom' = [prom EXCEPT ![n][a.s] = a.b]
  /\ m1b' = m1b \cup {[s |-> a.s, from |-> n, b |-> a.b, a |-> acc[n][a.s]]}
  /\ UNCHANGED <<inc, acc, com, inst, mem, m1a, m2a, m2b, wipes, crashes, open, freshMsg, said>>

\* phase 2a: p remembers in memory only that it sent it (a crash forgets, unless the round is persistent)
Propose(p, s, r, x) ==
  LET b == Bal(r, p, inc[p])
      R == {m \in m1b : m.s = s /\ m.b = b}
  IN
  /\ com[p] = s - 1
  /\ [s |-> s, b |-> b, t |-> "a"] \in mem[p]
  /\ [s |-> s, b |-> b, t |-> "p"] \notin mem[p]
  /\ \E Q \in SUBSET R :
       /\ Maj({m.from : m \in Q})
       /\ \A m1, m2 \in Q : m1.from = m2.from => m1 = m2
       /\ LET best == CHOOSE m \in Q : \A o \in Q : m.a.b >= o.a.b
              v == IF best.a = None THEN [x |-> p * 10 + x, inc |-> inc] ELSE best.a.v
          IN m2a' = m2a \cup {[s |-> s, b |-> b, v |-> v]}
  /\ mem' = [mem EXCEPT ![p] = @ \cup {[s |-> s, b |-> b, t |-> "p"]}]
  /\ UNCHANGED <<inc, prom, acc, com, inst, m1a, m1b, m2b, wipes, crashes, open, freshMsg, said>>

Accept(n, a) ==
  /\ MayVote(n, a.s) /\ a.b >= prom[n][a.s]
  /\ acc[n][a.s] # [b |-> a.b, v |-> a.v]
  /\ prom' = [prom EXCEPT ![n][a.s] = a.b]
  /\ acc' = [acc EXCEPT ![n][a.s] = [b |-> a.b, v |-> a.v]]
  /\ m2b' = m2b \cup {[s |-> a.s, from |-> n, b |-> a.b, v |-> a.v]}
  /\ UNCHANGED <<inc, com, inst, mem, m1a, m1b, m2a, wipes, crashes, open, freshMsg, said>>

Chosen(s) == {v \in {m.v : m \in m2b} :
   \E b \in {m.b : m \in m2b} : Maj({n \in Nodes : [s |-> s, from |-> n, b |-> b, v |-> v] \in m2b})}

Learn(n, s) ==
  /\ com[n] = s - 1
  /\ \E v \in Chosen(s) : inst' = [inst EXCEPT ![n][s] = v]
  /\ com' = [com EXCEPT ![n] = s]
  /\ UNCHANGED <<inc, prom, acc, mem, m1a, m1b, m2a, m2b, wipes, crashes, open, freshMsg, said>>

\* restart with disk: what is in memory goes, and with the flaws what should have been on disk
Crash(n) ==
  /\ crashes < MaxCrash /\ ~(PersistRound /\ PersistVotes /\ PersistFresh)
  /\ crashes' = crashes + 1
  /\ mem' = [mem EXCEPT ![n] = IF PersistRound THEN @ ELSE {}]
  /\ prom' = [prom EXCEPT ![n] = IF PersistVotes THEN @ ELSE [s \in Slots |-> 0]]
  /\ acc' = [acc EXCEPT ![n] = IF PersistVotes THEN @ ELSE [s \in Slots |-> None]]
  /\ said' = [said EXCEPT ![n] = IF PersistFresh THEN @ ELSE {}]
  /\ UNCHANGED <<inc, com, inst, m1a, m1b, m2a, m2b, wipes, open, freshMsg>>

\* is some other node outside every chosen view with its present incarnation?
Unadmitted(m) == inc[m] > 0 /\ ~ \E s \in Slots : \E v \in Chosen(s) : v.inc[m] = inc[m]
Wipe(n) ==
  /\ wipes < MaxWipe
  /\ OneWipe => \A m \in Nodes : ~Unadmitted(m)
  /\ wipes' = wipes + 1
  /\ inc' = [inc EXCEPT ![n] = @ + 1]
  /\ prom' = [prom EXCEPT ![n] = [s \in Slots |-> 0]]
  /\ acc' = [acc EXCEPT ![n] = [s \in Slots |-> None]]
  /\ com' = [com EXCEPT ![n] = 0]
  /\ inst' = [inst EXCEPT ![n] = [s \in Slots |-> None]]
  /\ mem' = [mem EXCEPT ![n] = {}]
  /\ open' = [open EXCEPT ![n] = Bootstrap = "none"]
  /\ said' = [said EXCEPT ![n] = {}]
  /\ UNCHANGED <<m1a, m1b, m2a, m2b, crashes, freshMsg>>

Next ==
  \/ \E n \in Nodes : Crash(n) \/ Wipe(n) \/ Open(n)
  \/ \E n, m \in Nodes : SayFresh(m, n)
  \/ \E n \in Nodes, s \in Slots : Learn(n, s)
  \/ \E p \in Proposers, s \in Slots, r \in 1..MaxRound :
        Prepare(p, s, r) \/ \E x \in Xs : Propose(p, s, r, x)
  \/ \E n \in Nodes : \/ \E a \in m1a : Promise(n, a)
                      \/ \E a \in m2a : Accept(n, a)
Spec == Init /\ [][Next]_vars

\* one view per epoch
Agreement == \A s \in Slots :
   /\ Cardinality(Chosen(s)) <= 1
   /\ \A n, m \in Nodes : com[n] >= s /\ com[m] >= s => inst[n][s] = inst[m][s]
\* reachability probes (expected to be violated)
NeverLast == Chosen(MaxSlot) = {}
NeverReadmitted == ~ \E n \in Nodes : inc[n] > 0 /\ com[n] > 0 /\ ViewOf(n, com[n]).inc[n] = inc[n]
=============================================================================
