package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// redaction is what a terminal sends for a line that is in the room.
func (k *desk) redaction(seq uint64, text string) *model.EntryRedacted {
	l := k.room.Line(seq)
	e := &model.Event{V: 1, Room: k.room.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By, Via: l.Via, Body: []byte(`{"text":"` + text + `"}`)}
	raw, err := e.Encode()
	if err != nil {
		k.t.Fatal(err)
	}
	rest, err := model.WithoutText(raw)
	if err != nil {
		k.t.Fatal(err)
	}
	return &model.EntryRedacted{Entry: l.ID, Seq: seq, Reason: "a password", Leaf: strings.Repeat("A", 43) + "=", Recorded: l.RecordedAt.UnixNano(), Event: rest}
}

func TestWhoMayRedact(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("cy", "hunter2")
	seq := k.room.Seq
	k.refused("ana", ":redact 4", "say why: :redact 4 REASON")
	b := k.redaction(seq, "hunter2")
	if got := k.refusedLine("bo", b); !strings.Contains(got, "(taking text out of the log)") || !strings.Contains(got, "Security Lead") {
		t.Errorf("bo: %q", got)
	}
	k.say("ana", ":role security-lead @bo")
	if got := k.refusedLine("bo", b); got != "" || !k.room.Stale() || k.room.Line(seq).Text.String() != model.Blank {
		t.Errorf("the Security Lead: %q; stale %v, %q", got, k.room.Stale(), k.room.Line(seq).Text)
	}
	if got := k.refusedLine("ana", b); !strings.Contains(got, "redacted already, by bo: a password") {
		t.Errorf("again: %q", got)
	}
	k.refused("ana", ":redact 1 the title", "entry 1 is what the room stands on: a secret in its title can only be made worthless; :rename shows another title")
	k.refused("ana", ":redact 99 nothing", "there is no entry 99; the newest is 10")
	k.refused("ana", ":redact 3 a name", "entry 3 (admitted) has no text that can be taken out")
}

// TestRedactionLies: what is said of another author, time, kind or effect, or with
// text left in it, has no effect.
func TestRedactionLies(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("cy", "hunter2")
	seq := k.room.Seq
	swap := func(a, b string) func(*model.EntryRedacted) {
		return func(r *model.EntryRedacted) { r.Event = []byte(strings.Replace(string(r.Event), a, b, 1)) }
	}
	for name, lie := range map[string]func(*model.EntryRedacted){
		"author": swap(`"by":"cy"`, `"by":"bo"`), "kind": swap("entry.noted", "decision.made"), "text": swap(model.Blank, "it was bo"),
		"id":     func(r *model.EntryRedacted) { r.Entry = "x" },
		"leaf":   func(r *model.EntryRedacted) { r.Leaf = "" },
		"effect": func(r *model.EntryRedacted) { r.Void = true },
		"time":   func(r *model.EntryRedacted) { r.Recorded += int64(time.Hour) },
		"event":  func(r *model.EntryRedacted) { r.Event = []byte(`{}`) },
	} {
		b := k.redaction(seq, "hunter2")
		if lie(b); k.refusedLine("ana", b) == "" {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// TestRedactToll: who redacts is told before what that does not reach.
func TestRedactToll(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("cy", "hunter2")
	seq := k.room.Seq
	k.say("cy", model.Safef(":amend %d hunter3", seq).String())
	h := model.HintOf(model.Safef(":redact %d a password", seq).String(), k.ctx("ana"))
	for _, w := range []string{"backups", "make the secret worthless", model.Safef("line %d says it anew", seq+1).String()} {
		if !strings.Contains(h.Toll.String(), w) {
			t.Errorf("%q does not say %q; refusal %q", h.Toll, w, h.Refusal)
		}
	}
}
