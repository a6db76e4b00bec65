"""All policy, pure: same input, same plan. Where is what decided?

| question | file |
|---|---|
| what must happen to an item, given both sides' states and the profile? (R8-R14, R21-R23) | `decisions` |
| which settings of a profile does the engine look at? | `policy` |
| how is a decision turned into writes, field by field? (R1, R2, R10, R15, R24) | `linked`, `newcomers`, `merge` |
| which unlinked items are the same thing? (R24) | `matcher` |
| which company does a person from Exchange belong to? (R6) | `companies`, `founding` |
| who decides about a meeting that several accounts hold, and what becomes of who declines? (D1, D2) | `meetings` |
| what must no two accounts write at once? (D3) | `app.domain.journal.Intent.claims` |
| what of private appointments travels? (R19) | `privacy` |
| in which order, with which hints, is a whole kind planned? (R27) | `planner` |
| when must an administrator be asked first? (R29) | `guards` |
| what is locked after a profile's first synchronisation? (R35) | `locks` |
| who may do what? which passwords are taken, and how long do failed sign-ins wait? | `access`, `passwords`, `throttling` |
| which licence counts, and whom does it cover? (R38, R39) | `licence` |
| which refused login stops whom, and which one does one run at a time try? (R36) | `logins` |
| what may a server be asked for? | `budgets` |
| when does a profile run by itself? how is that written? (R36) | `schedule`, `timetable`, `schedule_text` |
| when is everything compared, whatever the lists say? | `deep` |
| when is an item retried, quarantined, frozen? (R32, R40) | `retry` |
| what undoes a write, and when is it too late? (R33) | `undoing` |
| what does an undo leave alone, and until when? (R33) | `left_alone` |
"""
