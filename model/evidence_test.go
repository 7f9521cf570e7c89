package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

const blobID = "01JD0000000000000000000BB1"

var sumOfLog = strings.Repeat("ab", 32)

func about(class string) model.EvidenceAbout {
	return model.EvidenceAbout{Blob: blobID, Name: "auth.log", Class: class, Host: "web3",
		Command: "journalctl -u sshd"}
}

func collected(class string) *model.EvidenceCollected {
	return &model.EvidenceCollected{EvidenceAbout: about(class), SHA256: sumOfLog, Size: 5 << 30}
}

// act does something that has to be allowed, and returns its line.
func (k *testRoom) act(who string, b model.Body) *model.Line {
	k.t.Helper()
	l := k.do(who, model.Act{Body: b})
	if !l.Refused.IsEmpty() {
		k.t.Fatalf("%s: %s", who, l.Refused)
	}
	return l
}

// TestCustody: an upload begins, is interrupted, completes, and the evidence changes
// hands.
func TestCustody(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.admit("wim", model.Watch)
	if l := k.act("bo",
		&model.EvidenceStarted{EvidenceAbout: about("log")}); l.Text.String() != "E1  log  auth.log from web3: begun" {
		t.Errorf("begun: %s", l.Text)
	}
	k.refused("bo", ":custody E1 seal",
		"E1 is incomplete and in nobody's custody yet; to abandon it: :custody E1 release REASON")
	if s := k.room.EvidenceItem(1).State().String(); s != "incomplete" {
		t.Errorf("it is %s", s)
	}
	k.wait(time.Minute)
	if l := k.act("bo", collected("log")); l.Text.String() != "E1  log  auth.log from web3: 5.0 GiB, sha256 "+
		""+sumOfLog {
		t.Errorf("collected: %s", l.Text)
	}
	k.refused("bo", ":custody E2 seal", "there is no E2; this room has only E1")
	k.refused("bo", ":custody seal", `give the number of the piece of evidence, such as E3, not "seal"`)
	k.refused("bo", ":custody E1 eat",
		`name the step for E1: transfer @WHO REASON, accept, decline, seal or release REASON, not "eat"`)
	k.refused("bo", ":custody E1 transfer di", "name the person: :custody E1 transfer @WHO REASON")
	k.refused("bo", ":custody E1 transfer @bo x", "bo already has E1 in custody")
	k.refused("di", ":custody E1 accept", "E1 has not been offered to anybody")
	if err := k.try("cy", ":custody E1 transfer @cy mine"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("cy takes what bo holds: %v", err)
	}
	if err := k.try("wim", ":custody E1 accept"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("who watches takes part: %v", err)
	}
	k.mustType("bo", ":custody e1 transfer @di to the lab")
	k.refused("cy", ":custody E1 accept", "E1 is offered to di, not to cy")
	k.refused("bo", ":custody E1 transfer @di again", "E1 is already offered to di")
	k.mustType("di", ":custody 1 decline no room")
	k.mustType("ana", ":custody E1 transfer @di it is night there") // the right "command" may do this
	k.mustType("di", ":custody E1 accept", ":custody E1 seal for the court")
	if p := k.room.EvidenceItem(1); p.Holder != "di" || !p.Sealed || p.Offer != nil || p.State().String() != "sealed" ||
		p.By != "bo" {
		t.Errorf("got %+v", p)
	}
	if l := k.do("cy",
		model.Act{Body: &model.EvidenceCustody{EvidenceID: k.room.EvidenceItem(1).ID,
			Act: model.CustodyAccessed}}); l.Refused.String() != "E1 is sealed: give a reason with --reason" {
		t.Errorf("sealed and got out: %s", l.Refused)
	}
	k.act("cy",
		&model.EvidenceCustody{EvidenceID: k.room.EvidenceItem(1).ID, Act: model.CustodyAccessed, Reason: "to " +
			"compare"})
	k.refused("di", ":custody E1 release", "give the recipient or the reason: :custody E1 release REASON")
	k.mustType("di", ":custody E1 release to the police, receipt 12/26")
	k.refused("di", ":custody E1 transfer @cy back", "E1 was released by di: to the police, receipt 12/26")
	var acts []string
	for _, s := range k.room.EvidenceItem(1).Custody {
		acts = append(acts, s.Act)
	}
	if got := strings.Join(acts, " "); got != "collected offered declined offered accepted sealed accessed released" {
		t.Errorf("custody is %s", got)
	}
}

// TestBadEvidence: an invalid evidence item has no effect, and its line states why.
func TestBadEvidence(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for name, change := range map[string]func(*model.EvidenceCollected){
		"no blob":     func(b *model.EvidenceCollected) { b.Blob = "a.*.>" },
		"class":       func(b *model.EvidenceCollected) { b.Class = "logs" },
		"no name":     func(b *model.EvidenceCollected) { b.Name = " " },
		"lines":       func(b *model.EvidenceCollected) { b.Name = "a\nb" },
		"empty":       func(b *model.EvidenceCollected) { b.Size = 0 },
		"no sum":      func(b *model.EvidenceCollected) { b.SHA256 = "ab" },
		"upper sum":   func(b *model.EvidenceCollected) { b.SHA256 = strings.ToUpper(sumOfLog) },
		"long note":   func(b *model.EvidenceCollected) { b.Note = strings.Repeat("x", model.MaxText+1) },
		"not utf-8":   func(b *model.EvidenceCollected) { b.Command = "a\xffb\x00" + strings.Repeat("y", 3000) },
		"host breaks": func(b *model.EvidenceCollected) { b.Host = "web3\r" },
	} {
		b := collected("log")
		change(b)
		if l := k.do("ana", model.Act{Body: b}); l.Refused.IsEmpty() || len(k.room.Evidence) > 0 {
			t.Errorf("%s is taken", name)
		}
	}
	k.act("ana", collected("log"))
	if l := k.do("ana", model.Act{Body: collected("log")}); l.Refused.String() != "E1 is already collected" {
		t.Errorf("twice: %s", l.Refused)
	}
	repeated := collected("log")
	repeated.Blob = strings.Replace(blobID, "BB1", "BB2", 1)
	if l := k.act("ana", repeated); !strings.HasSuffix(l.Text.String(), "; the same bytes as E1") {
		t.Errorf("the same bytes: %s", l.Text)
	}
	nasty := collected("other")
	nasty.Blob, nasty.Name = strings.Replace(blobID, "BB1", "BB3", 1), "\x1b]0;gone\x07\u202egpj.exe"
	if l := k.act("ana", nasty); strings.ContainsAny(l.Text.String(), "\x1b\x07\u202e") {
		t.Errorf("a name reaches the terminal: %q", l.Text.String())
	}
}

// collect adds the ith evidence item, of a class, to the register.
func (k *testRoom) collect(class string, i int) {
	k.t.Helper()
	b := collected(class)
	b.Blob = strings.Replace(blobID, "BB1", "BC"+string(rune('1'+i)), 1)
	b.SHA256 = strings.Repeat(string(rune('a'+i))+"0", 32)
	k.act("ana", b)
}

// TestEvidenceUnblocksItems: an item that destroys evidence waits for the classes
// that the plan names.
func TestEvidenceUnblocksItems(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	blockedBy := func() string {
		for i := range k.room.Items {
			if it := &k.room.Items[i]; k.room.Def(it).Destroys && k.room.Def(it).If == "" &&
				len(k.room.Def(it).Needs) == 0 {
				return k.room.BlockedBy(it).String()
			}
		}
		t.Fatal("the plan has no item that destroys evidence and waits for nothing else")
		return ""
	}
	for i, class := range []string{"log", "metric", "snapshot"} {
		if g := blockedBy(); !strings.Contains(g, "not there yet: "+class) {
			t.Errorf("without %s the gate says %q", class, g)
		}
		k.collect(class, i)
	}
	if g := blockedBy(); g != "" {
		t.Errorf("with all classes the gate says %q", g)
	}
}

// TestEvidenceLine: which lines name a file to collect.
func TestEvidenceLine(t *testing.T) {
	for line, want := range map[string]string{
		":evidence disk image taken by bo":                     "",
		":evidence":                                            "",
		":evidence ./auth.log":                                 "./auth.log",
		":evidence auth log.txt --class log --host web3":       "auth log.txt|log|web3",
		":evidence /var/log/x --class=memory --note of the vm": "/var/log/x|memory||of the vm",
	} {
		f, ok, err := model.ParseEvidenceFile(line)
		got := strings.TrimRight(strings.Join([]string{f.Path, f.Class, f.Host, f.Note}, "|"), "|")
		if err != nil || got != want || ok != (want != "") {
			t.Errorf("%s: %q %v %v", line, got, ok, err)
		}
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.refused("ana", ":evidence ./a --class log",
		"a file is added to the evidence from the machine that has it: warroom evidence add ROOM ./a, or over "+
			"SSH: ssh "+
			"HOST evidence add ROOM - < ./a")
	k.mustType("ana", ":evidence bo has the disk")
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{1: "1 byte", 1023: "1023 bytes", 1 << 10: "1.0 KiB", 5 << 30: "5.0 GiB",
		1<<20 - 1: "1.0 MiB", 3 << 40: "3.0 TiB"} {
		if got := model.Bytes(n).String(); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
