// Package playbook reads plans: the severities, roles, phases, checklists and clocks that a
// room follows.
//
// A plan is one TOML file with severities, roles, phases, a checklist, clocks, audiences
// and controls. Three are embedded in the program: security-plan and security-playbook,
// each made from one document, and security, the default, which joins both. A user's own
// file of the same name takes precedence.
//
// Reading is strict: an unknown key, a wrong type or a name that does not refer to anything
// is a [Fault] with its line, its column and advice on what to do. All faults of a file are
// reported together. A plan that loads can be used as it is, and the "from" of each part
// names the line of the document that requires it.
package playbook
