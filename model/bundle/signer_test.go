package bundle_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"warroom/model/bundle"
)

// TestWordOfTheExporter: the hub signed the log, its end and its times, and a person of the
// room signed the export. What that person could choose freely is named, whatever it is,
// unless the verifier accepts the person's key.
func TestWordOfTheExporter(t *testing.T) {
	l := sample(t, ulid, 6)
	l.checkpoint()
	key := bundle.VerifyOptions{Key: l.bo.key}
	for _, c := range []struct {
		name        string
		by          *writer
		x           bundle.Export
		code, trust int // exit codes, and with --key
	}{
		{"as it is", l.bo, bundle.Export{Short: "inc-1", Made: epoch, Agent: "warroom 1"}, 6, 0},
		{"by the hub", l.hub, bundle.Export{Short: "inc-1", Made: epoch, Agent: "warroom 1"}, 0, 4},
		{"another room's name", l.bo, bundle.Export{Short: "inc-99", Made: epoch, Agent: "warroom 1"}, 6, 0},
		{"before a clock ran out", l.bo,
			bundle.Export{Short: "inc-1", Made: epoch.Add(-9000 * time.Hour), Agent: "warroom 1"}, 6, 0},
		{"long after", l.bo,
			bundle.Export{Short: "inc-1", Made: epoch.Add(90000 * time.Hour), Agent: "warroom 1"}, 6, 0},
		{"a seal of approval", l.bo,
			bundle.Export{Short: "inc-1", Made: epoch, Agent: "certified by the police"}, 6, 0},
		{"a name that no hub gives", l.bo, bundle.Export{Short: "Inc 1", Made: epoch, Agent: "warroom 1"}, 4, 4},
		{"a name that runs backwards", l.hub,
			bundle.Export{Short: "inc-\u202e1", Made: epoch, Agent: "warroom 1"}, 4, 4},
	} {
		c.x.Messages, c.x.Notes, c.x.Principal, c.x.Key = l.ms, l.notes, c.by.handle, c.by.priv
		var b bytes.Buffer
		if err := c.x.Write(&b); err != nil {
			t.Fatalf("%s: write: %v", c.name, err)
		}
		if code, why := codeOf(b.Bytes(), bundle.VerifyOptions{}); code != c.code {
			t.Errorf("%s: got exit code %d (%s), want %d", c.name, code, why, c.code)
		}
		if code, why := codeOf(b.Bytes(), key); code != c.trust {
			t.Errorf("%s, with --key: got exit code %d (%s), want %d", c.name, code, why, c.trust)
		}
	}
}

// TestIDsOfRooms: files are named by the id of a room, so a record with another text in its
// place is refused, packed or unpacked.
func TestIDsOfRooms(t *testing.T) {
	for _, id := range []string{"../../crafted", "01m8jznh28svcjme0k4fzvdy36", "01M8JZNH28SVCJME0K4FZVDY36A", "*"} {
		l := sample(t, id, 2)
		l.checkpoint()
		if code, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{}); code != 4 {
			t.Errorf("the id %q: got exit code %d (%s), want 4", id, code, why)
		}
		dir := fstest.MapFS{}
		for _, f := range forge(t, l, "whole", l.pack(l.hub)).files {
			dir[strings.TrimPrefix(f.name, "../crafted/")] = &fstest.MapFile{Data: f.body}
		}
		b, err := bundle.OpenDir(dir)
		if err != nil {
			continue // its names lead elsewhere
		}
		if code, why := verdictCode(b.Verify(bundle.VerifyOptions{})); code != 4 {
			t.Errorf("the id %q, unpacked: got exit code %d (%s), want 4", id, code, why)
		}
	}
}
