package model_test

import (
	"testing"

	"warroom/model"
)

// TestBlanked: redacted text is found in other lines, as a whole and by its
// distinctive words; ordinary words stay.
func TestBlanked(t *testing.T) {
	const redacted = "the password of db2 is hunter2-Prod, rotate containment"
	for line, want := range map[string]string{
		"":                      "",
		redacted:                "[redacted]",
		":amend 41 " + redacted: ":amend 41 [redacted]",
		":todo @bo change hunter2-Prod everywhere": ":todo @bo change [redacted] everywhere",
		":insist HUNTER2-Prod":                     ":insist HUNTER2-Prod",
		"try hunter2-Prod!":                        "try [redacted]!",
		"rotate the containment of db2":            "rotate the containment of db2",
		"hunter2-Prod":                             "[redacted]",
		"is hunter2":                               "[redacted]",
		"the password was changed":                 "the password was changed",
	} {
		if got := model.Blanked(line, []string{redacted}); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	for _, texts := range [][]string{nil, {""}, {model.Blank}, {" "}, {"ok"}} {
		if got := model.Blanked("it is ok and [redacted]", texts); got != "it is ok and [redacted]" {
			t.Errorf("%q: got %q, want the line as it was", texts, got)
		}
	}
}

func TestFreeTexts(t *testing.T) {
	k := newExposedRoom(t)
	k.mustType("ana", ":todo @bo change hunter2-Prod")
	e := k.log[len(k.log)-1]
	raw, err := e.Encode()
	if err != nil {
		t.Fatalf("encode: got %v, want no error", err)
	}
	if got := model.FreeTexts(raw); len(got) == 0 || got[0] != "change hunter2-Prod" {
		t.Errorf("a follow-up: got %q, want its text", got)
	}
	for _, bad := range []string{"", "{", `{"v":1,"kind":"no.such"}`} {
		if got := model.FreeTexts([]byte(bad)); got != nil {
			t.Errorf("%q: got %q, want nothing", bad, got)
		}
	}
}
