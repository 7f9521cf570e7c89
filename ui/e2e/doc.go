// Package e2e tries the whole program as people use it: the binary itself, in
// scripts (testdata/script, with testscript) and in real terminals (tmux). It
// holds tests alone, and the test of which package may know which.
package e2e
