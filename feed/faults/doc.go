// Package faults tests what warroom promises while networks are broken and the
// power is cut, see docs/reliability.md. It is a module of its own, so that what
// only these tests require is not in the go.mod of the program.
package faults
