package room

import (
	"os"
	"strings"
	"testing"
)

// TestGlossary: docs/glossary.md has the commands of the terminal. A test of package model
// checks those that write to the log.
func TestGlossary(t *testing.T) {
	text, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatalf("read the glossary: %v", err)
	}
	for _, c := range ownCommands() {
		if !strings.Contains(string(text), "`:"+c.name+"`") {
			t.Errorf("the command :%s: got no mention in docs/glossary.md, want one", c.name)
		}
	}
}
