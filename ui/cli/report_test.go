package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
)

var updateGolden = flag.Bool("update", false, "write the golden files; read them before they are committed")

// stage plays the demo without a hub, one line per minute.
type stage struct {
	t    *testing.T
	room *model.Room
	log  []*model.Event
	now  time.Time
}

func (s *stage) do(who string, a model.Act) {
	s.t.Helper()
	if model.KindOf(a.Body) != model.KindIncidentDeclared {
		if err := model.Decide(s.room, model.Actor{Handle: who, Key: "key-" + who}, a, s.now); err != nil {
			s.t.Fatalf("%s: %v", who, err)
		}
	}
	s.put(who, a)
}

// put stores an act, even one that readers refuse.
func (s *stage) put(who string, a model.Act) {
	s.t.Helper()
	seq := s.room.Seq + 1
	d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: who, Via: "demo"}, a, s.now)
	if err != nil {
		s.t.Fatalf("make a draft: %v", err)
	}
	e := d.Event("01JD0000000000000000000000")
	e.Key, e.N, e.Seq, e.RecordedAt = "key-"+who, seq, seq, s.now
	s.room, s.log = model.Apply(s.room, e), append(s.log, e)
}

func (s *stage) mustType(who, line string) {
	s.t.Helper()
	a, err := model.Parse(line,
		model.Ctx{Room: s.room, Who: model.Actor{Handle: who, Key: "key-" + who}, Now: s.now, Zone: time.UTC})
	if err != nil {
		s.t.Fatalf("%s: %s: %v", who, line, err)
	}
	s.do(who, a)
}

// collect adds the file of a cue to evidence.
func (s *stage) collect(c cue) {
	s.t.Helper()
	s.do(c.who, collected(c, s.room.Seq))
}

// collected returns the act that adds the file of a cue.
func collected(c cue, n uint64) model.Act {
	about, bytes := c.file()
	about.Blob = fmt.Sprintf("01JDB%021d", n)
	sum := sha256.Sum256([]byte(bytes))
	return model.Act{Body: &model.EvidenceCollected{EvidenceAbout: about.EvidenceAbout,
		SHA256: hex.EncodeToString(sum[:]), Size: int64(len(bytes))}}
}

// played returns the demo after its last line.
func played(t *testing.T) *stage {
	t.Helper()
	p, err := playbook.Load("", playbook.Default())
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	s := &stage{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 20, 14, 4, 0, 0, time.UTC)}
	declared, adopted := demoRoom(p, s.now).Declare("key-hub")
	s.do("ana", declared)
	s.do("ana", adopted)
	for _, who := range []string{"bo", "cy", "di"} {
		s.do("ana",
			model.Act{Body: &model.KeyAdmitted{Key: "key-" + who, Handle: who, Right: model.Command, Origin: "socket"}})
	}
	for _, c := range script {
		s.now = s.now.Add(time.Minute)
		if c.class != "" {
			s.collect(c)
			continue
		}
		s.mustType(c.who, c.line)
	}
	return s
}

// TestReportOfTheDemo compares the reports of the resolved demo, and of a reviewed and
// closed one, with golden files.
func TestReportOfTheDemo(t *testing.T) {
	s := played(t)
	zone := time.FixedZone("Europe/Istanbul", 3*60*60)
	golden(t, "testdata/report_open.md", s, zone)
	s.now = s.now.Add(25 * time.Hour)
	for _, l := range []string{
		":milestone first_malicious_action @2026-11-20T13:47Z from the access log",
		":review summary A deploy key stood in a public CI log for 19 minutes and was used from outside.",
		":review cause the build printed its environment when a step failed",
		":review radius 214 objects of one bucket, about 1200 mail addresses",
		":review detection TruffleHog found it 13 minutes after its first use; nothing watches for keys used from " +
			"new networks",
		":clock waive gdpr the authority was told by the mother company",
		":notify executives the board, in person",
		":close override the rest of the checklist was for other causes",
	} {
		s.now = s.now.Add(time.Minute)
		s.mustType("ana", l)
	}
	golden(t, "testdata/report_closed.md", s, zone)
}

// hashes change with every change of the plan or the fold.
var hashes = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b|\bfold \d+\b`)

func golden(t *testing.T, path string, s *stage, zone *time.Location) {
	t.Helper()
	d := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now.Add(90 * time.Second), Zone: zone})
	got := hashes.ReplaceAll(d.Markdown(), []byte("HASH"))
	if *updateGolden {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatalf("write a file: %v", err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is written now; -update writes it, then read what changed\n%s", path, got)
	}
}
