package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestHalfUnderstoodLines: a word in a text that could be an argument of the command
// is parsed as one or asked about, and never silently taken as text.
func TestHalfUnderstoodLines(t *testing.T) {
	k := wordy(t)
	k.mustType("ana", "?the runner")
	hyp := k.room.Seq
	for line, want := range map[string]string{
		":notify gdpr DPA @13:05, portal": `"@13:05" is in the name: if it is the time, write it ` +
			`before the command`,
		":notify gdpr 13:05 DPA, portal": `"13:05" is in the name: if it is the time, write it before ` +
			`the command`,
		":milestone contained at 13:10": `"at 13:10" is in the reason: if it is the time, write it ` +
			`before the command`,
		":milestone contained 1h ago": `"1h ago" is in the reason: if it is the time, write it ` +
			`before the command`,
		":milestone contained yesterday": `"yesterday" is in the reason: if it is the time, write it ` +
			`before the command`,
		":milestone contained it was @13:10 so": `"@13:10" is in the reason: if it is the time, write it ` +
			`before the command`,
		":check 3 at 13:00": `"at 13:00" is in the note: if it is the time, write it ` +
			`before the command`,
		":check 3 13:05 old key answers 403": `"13:05" is in the note: if it is the time, write it before ` +
			`the command`,
		":close override 13:00": `"13:00" is in the reason: if it is the time, write it ` +
			`before the command`,
		":resolve at 13:00": `"at 13:00" is in the text: if it is the time, write it ` +
			`before the command`,
		":exposure suspected yesterday x": `"yesterday" is in the reason: if it is the time, write it ` +
			`before the command`,
		":update executives @13:00 the db": `"@13:00" is in the update: if it is the time, write it ` +
			`before the command`,
		":update exec the db is down": `there is no audience "exec"; did you mean executives?`,
		":update to executives all well": "to update executives: :update executives ...; to update " +
			"the responders: :update responders to executives ...",
		":check 1 SEV4 x":                  `the plan has no severity "SEV4"; it has: SEV-1, SEV-2, SEV-3`,
		":clock waive gdpr kvkk no people": `one line is for one clock; "kvkk" is in the reason`,
		":snooze update 20m legal night":   `one line is for one clock; "legal" is in the reason`,
		":strike @bo @cy x":                `one line is for one person; "@cy" is in the reason`,
		":todo 1 done": `"done" is not a title; mark a follow-up as done with :todo ` +
			`done N`,
		":role scribe @cy for": "name the system: :role scribe @cy for SYSTEM",
		"@13:30 EST x": "EST is not understood: write the time with its offset, as " +
			"in @13:30+01:00",
		model.Safef(":hyp %d wrong x", hyp).String(): model.Safef("%d is a hypothesis", hyp).String(),
	} {
		if _, err := k.typed("ana", line); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want it refused with %q", line, err, want)
		}
	}
}

// TestPlacesOfTimes: a time is accepted wherever people write one.
func TestPlacesOfTimes(t *testing.T) {
	k := wordy(t)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 21, h, m, 0, 0, time.UTC) }
	for line, want := range map[string]time.Time{
		":resolve @15:00 done": at(15, 0), ":resolve 15:00 done": at(15, 0), ":resolve -5m": at(15, 55),
		":resolve done @15:00":          at(15, 0),
		":close @15:00 override nobody": at(15, 0), "@15:30 UTC seen": at(15, 30), "@15:30 GMT seen": at(15, 30),
		"@14:00 :milestone contained at 13:10 it was out": at(14, 0), ":resolve": {},
	} {
		a, err := k.typed("ana", line)
		if err != nil || !a.At.Equal(want) {
			t.Errorf("%s: got %s, %v, want %s", line, model.FormatTime(a.At), err, model.FormatTime(want))
		}
	}
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatalf("zone: got %v, want New York", err)
	}
	c := k.ctx("ana")
	c.Zone = ny
	if a, err := model.Parse("@15:30 UTC seen", c); err != nil || !a.At.Equal(at(15, 30)) {
		t.Errorf("@15:30 UTC in New York: got %s, %v, want 15:30 UTC", model.FormatTime(a.At), err)
	}
}

// TestTextStaysText: a word that cannot be an argument is text, and a malformed time
// gets a remark.
func TestTextStaysText(t *testing.T) {
	k := wordy(t)
	for line, want := range map[string]string{
		":update executives at 13:00 the db came back": `{"audience":"executives",` +
			`"conditions":"at 13:00 the db came back"}`,
		":check 3 the key of 13:00 is dead": `{"item":"assets","note":"the key of 13:00 is dead"}`,
		":exposure suspected GDPR/KVKK names": `{"level":"suspected","regimes":["gdpr","kvkk"],` +
			`"why":"names"}`,
		":role scribe @cy, SRE":                        `{"role":"scribe","person":"cy","job":"SRE","held":"bo"}`,
		":clock waive gdpr the kvkk officer was asked": `{"clock":"gdpr","reason":"the kvkk officer was asked"}`,
		"-90 dBm were measured":                        `{"text":"-90 dBm were measured"}`,
		":milestone contained n/a since 13:00 it is so": `{"name":"contained","reason":"since 13:00 it is so",` +
			`"not_applicable":true}`,
	} {
		if got := k.bodyOf(line); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
	for _, w := range []string{"-90", "-1h30", "-1.5h", "+5m"} {
		line := w + " x"
		a, err := k.typed("ana", line)
		if s := model.StaysText(line, a).String(); err != nil || !strings.HasPrefix(s, w+" is not a time and "+
			"stays text") {
			t.Errorf("%s: got %q, %v, want it told", line, s, err)
		}
	}
	a, err := k.typed("ana", "a note")
	if s := model.StaysText("a note", a); err != nil || !s.IsEmpty() {
		t.Errorf("a note: got %q, %v, want nothing told", s, err)
	}
}

// TestNotATime: a word that begins with @ and looks like a time is never a person or a
// text, whatever the command.
func TestNotATime(t *testing.T) {
	k := wordy(t)
	for _, line := range []string{":notify gdpr @+2h DPA, mail", ":notify gdpr DPA @+2h, mail", ":impact start @+2h",
		":impact start it began @+2h", ":ioc ip 203.0.113.1 @+2h", ":ioc ip 203.0.113.1 @+2h x", ":adv @+2h did",
		":adv did @+2h", ":asset host web-1 suspected @+2h", ":update @+2h x", ":update executives @+2h x",
		":exposure suspected @+2h x", ":milestone contained @+2h", ":check 3 @+2h x", ":clock met gdpr @+2h",
		"@+2h a note", ":resolve it was @+2h so"} {
		want := `"@+2h" is not a time; write `
		if line == ":milestone contained @+2h" || line == ":exposure suspected @+2h x" {
			want = strings.TrimSuffix(want, "write ")
		}
		a, err := k.typed("ana", line)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %#v, %v, want it refused with %q", line, a.Body, err, want)
		}
	}
}
