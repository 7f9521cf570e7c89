// Package mutation tests the tests of package model: it changes one operator of the
// program at a time and runs the tests that reach it. A change that no test notices
// survives. It has no code outside its tests.
//
// All changes are compiled into one test binary, and an environment variable turns one
// of them on, so that a mutant costs only the tests that reach it. The operators are
// those that gremlins 0.6.0 changes by default.
package mutation
