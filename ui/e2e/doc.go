// Package e2e tests the whole program as people use it: the binary itself, in scripts
// (testdata/script, with testscript) and in real terminals (tmux). It has only tests,
// including those for the structure of the code.
package e2e
