package secretscan_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/secretscan"
)

func room(id, salt string) *model.Room { return &model.Room{ID: id, Salt: salt} }

// TestMarksLinkUpInOneRoomOnly: within a room, equal secrets have equal marks and
// different secrets different ones. In another room all marks differ.
func TestMarksLinkUpInOneRoomOnly(t *testing.T) {
	a, b := room("01A", "salt"), room("01B", "salt")
	of := func(r *model.Room, text string) string {
		t.Helper()
		got, kinds := secretscan.Replace(r, text)
		if len(kinds) != 1 || secretscan.Find(got) != nil {
			t.Fatalf("%q became %q, %v", text, got, kinds)
		}
		return got
	}
	key := fake("ghp_", alnum, 36)
	one := of(a, "the key "+key+" is in the log")
	if !regexp.MustCompile(`^the key \[secret github-token [0-9a-f]{6}\] is in the log$`).MatchString(one) {
		t.Errorf("got %q", one)
	}
	if got := of(a, "key="+key); !strings.Contains(one, strings.TrimPrefix(got, "key=")) {
		t.Errorf("%q and %q do not link up", one, got)
	}
	if got := of(a, key[:39]+"3"); strings.Contains(one, got) {
		t.Errorf("another key has the mark %q too", got)
	}
	if got := of(b, key); strings.Contains(one, got) {
		t.Errorf("another room has the mark %q too", got)
	}
	if got := of(room("01A", "other"), key); strings.Contains(one, got) {
		t.Errorf("the mark %q does not depend on the salt", got)
	}
	pass := of(a, "password=hunter2")
	if !regexp.MustCompile(`^password=\[secret password [0-9a-f]{4}\]$`).MatchString(pass) ||
		!strings.HasSuffix(of(a, "https://x:hunter2@h/"), pass[9:]+"@h/") {
		t.Errorf("got %q", pass)
	}
	if got := of(room("01A", ""), "password=hunter2"); got != "password=[secret password]" {
		t.Errorf("a room without a salt has a fingerprint of a password: %q", got)
	}
}

// TestPrivateKeyInOtherLines: a key has the same mark in JSON and in a file.
func TestPrivateKeyInOtherLines(t *testing.T) {
	pem := "-----BEGIN PRIVATE " + "KEY-----\nMIIE\nabcd\n-----END PRIVATE " + "KEY-----"
	one, _ := secretscan.Replace(room("01A", "s"), pem)
	two, _ := secretscan.Replace(room("01A", "s"), strings.ReplaceAll(pem, "\n", `\n`))
	if one != two || !strings.HasPrefix(one, "[secret private-key ") {
		t.Errorf("%q and %q", one, two)
	}
}

func TestSeveralInOneText(t *testing.T) {
	got, kinds := secretscan.Replace(room("01A", ""), "a "+fake("ghp_", alnum, 36)+" b password=hunter2 c "+
		fake("ghp_", alnum, 36)+" d")
	if !slices.Equal(kinds, []string{"github-token", "password"}) || strings.Count(got, "[secret github-token ") != 2 ||
		!strings.HasSuffix(got, " d") {
		t.Errorf("got %q, %v", got, kinds)
	}
	if got := secretscan.Hide("password=hunter2"); got != "password=[secret password]" {
		t.Errorf("hidden: %q", got)
	}
}

func TestInsists(t *testing.T) {
	for line, want := range map[string]bool{":insist x": true, "  :insist x": true, ":insist": false,
		":insistent x": false, "x :insist y": false} {
		if secretscan.Insists(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}

// TestSame: lines about the same secret are linked by their current text.
func TestSame(t *testing.T) {
	r := model.NewRoom()
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	add := func(b model.Body) {
		t.Helper()
		seq := r.Seq + 1
		d, err := model.NewDraft("id", model.Actor{Handle: "ana"}, model.Act{Body: b}, now)
		if err != nil {
			t.Fatalf("make a draft: %v", err)
		}
		e := d.Event("01A")
		e.Key, e.Seq, e.RecordedAt = "key-ana", seq, now
		r = model.Apply(r, e)
	}
	plan := &model.Plan{Name: "p", Title: "p", Severities: []model.Severity{{ID: "SEV-1"}},
		Phases: []model.PhaseDef{{ID: "triage"}}}
	one, two := model.Declaration{Title: "x", Severity: "SEV-1", Plan: plan, Salt: "s"}.Declare("")
	add(one.Body)
	add(two.Body)
	mark, _ := secretscan.Replace(r, fake("ghp_", alnum, 36))
	for _, text := range []string{"first " + mark, "nothing", "again " + mark, "[secret password]",
		"[secret password]"} {
		add(model.NewEntry(model.KindEntryNoted, text))
	}
	if r.Salt != "s" || r.Rejected > 0 {
		t.Fatalf("salt %q, %d refused", r.Salt, r.Rejected)
	}
	for seq, want := range map[uint64][]uint64{3: {5}, 4: nil, 5: {3}, 6: nil} {
		if got := secretscan.Same(r, r.Line(seq)); !slices.Equal(got, want) {
			t.Errorf("entry %d: %v, want %v", seq, got, want)
		}
	}
}
