package model

import (
	"slices"
	"strings"
	"testing"
)

// TestGlossary: docs/glossary.md has each kind of event once, each command of the composer,
// and no word twice.
func TestGlossary(t *testing.T) {
	shown, wire, words := "", map[string]int{}, map[string]int{}
	for line := range strings.Lines(read(t, "../docs/glossary.md")) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 4 || cells[0] == "| word" {
			continue
		}
		for _, word := range strings.Split(strings.TrimPrefix(cells[0], "| "), ", ") {
			words[word]++
		}
		shown += cells[2] + "\n"
		for _, span := range strings.Split(cells[3], "`") {
			wire[span]++
		}
	}
	for _, k := range Kinds() {
		if got := wire[string(k)]; got != 1 {
			t.Errorf("the kind %s: got %d times on the wire, want once", k, got)
		}
	}
	for _, v := range slices.Concat(Verbs(), LobbyVerbs()) {
		if !strings.Contains(shown, "`:"+v.Name+"`") {
			t.Errorf("the command :%s: got no row where it shows, want one", v.Name)
		}
	}
	for word, n := range words {
		if n != 1 {
			t.Errorf("the word %q: got %d rows, want one", word, n)
		}
	}
}
