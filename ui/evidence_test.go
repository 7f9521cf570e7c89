package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// collected returns the event of an item, for a fake hub without a store.
func collected(n int, class, name string) *model.EvidenceCollected {
	return &model.EvidenceCollected{SHA256: strings.Repeat("ab12", 16), Size: 5 << 30,
		EvidenceAbout: model.EvidenceAbout{
			Blob: "01JD0000000000000000000BB" + string(rune('0'+n)), Class: class, Name: name, Host: "web3",
			Source: "/var/log/auth.log", Command: "warroom evidence add inc-1 auth.log", Note: "before the reboot"}}
}

// TestEvidencePage: one key opens the register, with hash and custody of each item.
func TestEvidencePage(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Key(tcell.KeyF7).See("No evidence yet", "| warroom evidence add ROOM -").Key(tcell.KeyEsc)
	for _, b := range []model.Body{collected(1, "log", "auth.log"),
		&model.EvidenceStarted{EvidenceAbout: collected(2, "memory", "dump").EvidenceAbout}} {
		if err := h.Force("bo", short, model.Act{Body: b}); err != nil {
			t.Fatalf("force: %v", err)
		}
	}
	s.See("E2  memory  dump from web3").Line(":custody e1 transfer @cy to the lab").See("offered to cy: to the lab")
	mustType(t, h, short, "cy :custody E1 accept", "cy :custody E1 seal")
	goldenAtSizes(t, s.See("E1  auth.log  sealed").Line(":evidence").See("accepted  by cy"), "evidence", "Evidence")
}

// TestNotesAboutEvidence: the page of evidence lists the notes about it too, but those that
// were retracted.
func TestNotesAboutEvidence(t *testing.T) {
	h, short := busy(t)
	mustType(t, h, short, "cy :evidence auth.log of build-7 kept by cy", "cy :evidence the wrong disk")
	s := uitest.Open(t, h, "cy", 80, 24)
	s.See("the wrong disk").Line(":retract 16 not ours").See("retracted").Key(tcell.KeyF7)
	s.See("No file is in the evidence yet, only notes.", "Notes about evidence, without a file",
		"line 15 by cy: auth.log of build-7 kept by cy").Gone("the wrong disk")
}

// TestTheItemOfAPieceOfEvidence: the first piece of a class names the open item that
// preserves the class, once, and does not check it off.
func TestTheItemOfAPieceOfEvidence(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated")
	for i, class := range []string{"log", "memory", "log"} {
		if err := h.Force("cy", short, model.Act{Body: collected(i+1, class, "auth.log")}); err != nil {
			t.Fatalf("force: %v", err)
		}
		switch i {
		case 0:
			s.See("evidence of class log is stored: if that is all of item 6 ",
				":check 6").Key(tcell.KeyEsc)
			s.Gone("is stored: if")
		default:
			s.See("E" + string(rune('1'+i)) + "  " + class).Gone("is stored: if")
		}
	}
}

// TestEvidenceLine: :evidence with a file adds it, if the person may use files here, and
// a guest is shown what to type instead. Other lines that begin with it are commands.
func TestEvidenceLine(t *testing.T) {
	h, _ := busy(t)
	var asked model.EvidenceFile
	fail := error(nil)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) {
		o.Collect = func(_ context.Context, _ string, f model.EvidenceFile,
			done func(n, size int64)) (model.EvidenceItem,
			error) {
			asked = f
			done(1, 2)
			return model.EvidenceItem{N: 7, Size: 2, SHA256: strings.Repeat("ab", 32)}, fail
		}
	})
	s.See(
		"runner isolated").Type(
		":evidence ./a b.log --class log").See(
		"adds a file from this machine to the evidence").Key(tcell.KeyEnter).See("./a b.log is E7: 2 bytes, sha256 " +
		"abababababababab (F7)")
	if asked.Path != "./a b.log" || asked.Class != "log" {
		t.Errorf("asked for %+v", asked)
	}
	s.Line(":evidence bo has the disk in the safe").See("bo has the disk in the safe")
	s.Line(":evidence ./a --clas log").See(":evidence has no --clas").Key(tcell.KeyCtrlU)
	fail = errors.New("there is no file ./b")
	s.Line(":evidence ./b").See("there is no file ./b")

	g := uitest.Open(t, h, "cy", 80, 24)
	g.See("runner isolated").Line(":evidence ./a --class log").See("over SSH you cannot add files on the server",
		"evidence add inc-1 - --name ./a < ./a")
}
