// Package playbook reads plans: what a room is run by, written down as data.
//
// A plan is one TOML file with severities, roles, phases, a checklist, clocks,
// audiences and controls. Three are shipped inside the program: security-plan
// and security-playbook, each one document as it was written, and security,
// the default, which joins both. A user's own file of the same name wins.
//
// Reading is strict: an unknown key, a wrong type or a name that points at
// nothing is a [Fault] with its line and column and a word on what to do. All
// faults of a file are told at once. What is loaded can be run as it is, and
// each thing in it says in "from" which line of which document demands it.
package playbook
