package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// redaction returns the event that a client sends to redact a line of the room.
func (k *testRoom) redaction(seq uint64, text string) *model.EntryRedacted {
	l := k.room.Line(seq)
	e := &model.Event{V: 1, Room: k.room.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By, Via: l.Via,
		Body: []byte(`{"text":"` + text + `"}`)}
	raw, err := e.Encode()
	if err != nil {
		k.t.Fatalf("encode: %v", err)
	}
	remaining, err := model.WithoutText(raw)
	if err != nil {
		k.t.Fatalf("take the text out: %v", err)
	}
	return &model.EntryRedacted{Entry: l.ID, Seq: seq, Reason: "a password", Leaf: strings.Repeat("A", 43) + "=",
		Recorded: l.RecordedAt.UnixNano(), Event: remaining}
}

func TestWhoMayRedact(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("cy", "hunter2")
	seq := k.room.Seq
	k.refused("ana", ":redact 4", "give a reason: :redact 4 REASON")
	b := k.redaction(seq, "hunter2")
	if got := k.refusedLine("bo", b); !strings.Contains(got, "(redacting text)") ||
		!strings.Contains(got, "Security Lead") {
		t.Errorf("bo: %q", got)
	}
	k.mustType("ana", ":role security-lead @bo")
	if got := k.refusedLine("bo", b); got != "" || !k.room.Stale() || k.room.Line(seq).Text.String() != model.Blank {
		t.Errorf("the Security Lead: %q; stale %v, %q", got, k.room.Stale(), k.room.Line(seq).Text)
	}
	if got := k.refusedLine("ana", b); !strings.Contains(got, "already redacted, by bo: a password") {
		t.Errorf("again: %q", got)
	}
	k.refused("ana", ":redact 1 the title",
		"entry 1 declares the room and cannot be redacted: revoke or change any secret in its title; :rename "+
			"changes the title that is shown")
	k.refused("ana", ":redact 99 nothing", "there is no entry 99; the newest is 10")
	k.refused("ana", ":redact 3 a name", "entry 3 (admitted) has no text to redact")
}

// TestRedactionLies: a redaction that states another author, time, kind or effect,
// or that has text left in it, has no effect.
func TestRedactionLies(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("cy", "hunter2")
	seq := k.room.Seq
	swap := func(a, b string) func(*model.EntryRedacted) {
		return func(r *model.EntryRedacted) { r.Event = []byte(strings.Replace(string(r.Event), a, b, 1)) }
	}
	for name, lie := range map[string]func(*model.EntryRedacted){
		"author": swap(`"by":"cy"`, `"by":"bo"`), "kind": swap("entry.noted", "decision.made"),
		"text":   swap(model.Blank, "it was bo"),
		"id":     func(r *model.EntryRedacted) { r.Entry = "x" },
		"leaf":   func(r *model.EntryRedacted) { r.Leaf = "" },
		"effect": func(r *model.EntryRedacted) { r.Rejected = true },
		"time":   func(r *model.EntryRedacted) { r.Recorded += int64(time.Hour) },
		"event":  func(r *model.EntryRedacted) { r.Event = []byte(`{}`) },
	} {
		b := k.redaction(seq, "hunter2")
		if lie(b); k.refusedLine("ana", b) == "" {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// TestRedactImpact: the preview of a redaction lists what it does not reach.
func TestRedactImpact(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("cy", "hunter2")
	seq := k.room.Seq
	k.mustType("cy", model.Safef(":amend %d hunter3", seq).String())
	h := model.HintOf(model.Safef(":redact %d a password", seq).String(), k.ctx("ana"))
	for _, w := range []string{"backups", "revoke or change the secret itself",
		model.Safef("entry %d has it as well", seq+1).String()} {
		if !strings.Contains(h.Impact.String(), w) {
			t.Errorf("%q does not say %q; refusal %q", h.Impact, w, h.Refusal)
		}
	}
}
