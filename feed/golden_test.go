package feed_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/signing"
)

var (
	writeGolden = flag.String("golden", "",
		"write a room with every kind of event to testdata/golden/NAME.jsonl; logs that are there are never written "+
			"again")
	stateGolden = flag.Bool("golden-state", false,
		"note the state of the golden logs under the present version of the fold")
)

// goldenLine is a stored message in a golden log: the values of the store, its headers
// and its data.
type goldenLine struct {
	Seq     uint64              `json:"seq"`
	Subject string              `json:"subject"`
	At      time.Time           `json:"at"`
	Header  map[string][]string `json:"header"`
	Data    string              `json:"data"`
}

// goldenState is the result of folding a golden log.
type goldenState struct {
	Fold     int    `json:"fold"`
	Hash     string `json:"state_hash"`
	Seq      uint64 `json:"seq"`
	Bad      int    `json:"bad"`
	Rejected int    `json:"void"`
	Notes    int    `json:"entries"`
}

// readGolden reads the messages of a golden log.
func readGolden(t testing.TB, path string) []goldenLine {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	var out []goldenLine
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 2*model.MaxMessage)
	for sc.Scan() {
		var l goldenLine
		must(t, json.Unmarshal(sc.Bytes(), &l))
		out = append(out, l)
	}
	must(t, sc.Err())
	return out
}

// foldGolden checks and folds a golden log as every reader does.
func foldGolden(t testing.TB, log []goldenLine) (*model.Room, []*model.Event) {
	t.Helper()
	var chain signing.Chain
	r := model.NewRoom()
	var all []*model.Event
	for _, l := range log {
		tokens := strings.Split(l.Subject, ".")
		if len(tokens) != 5 {
			t.Fatalf("subject %q", l.Subject)
		}
		sig := ""
		if v := l.Header[signing.Header]; len(v) == 1 {
			sig = v[0]
		}
		e := chain.Next(l.Seq, l.At, tokens[3], tokens[4], sig, []byte(l.Data))
		r, all = model.Apply(r, e), append(all, e)
	}
	return r, all
}

func stateOf(r *model.Room) goldenState {
	return goldenState{Fold: model.FoldVersion, Hash: r.StateHash(), Seq: r.Seq, Bad: r.Bad, Rejected: r.Rejected,
		Notes: r.Entries}
}

// TestGoldenLogs reads a log of every released format: each message still verifies, each
// kind is still known, and the room is unchanged. A newer fold may yield another room;
// then its state is added to the file (-golden-state), after somebody has read the
// difference.
func TestGoldenLogs(t *testing.T) {
	logs, err := filepath.Glob("testdata/golden/*.jsonl")
	must(t, err)
	if len(logs) == 0 {
		t.Fatal("no golden log")
	}
	for _, path := range logs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			r, all := foldGolden(t, readGolden(t, path))
			got := stateOf(r)
			for _, e := range all {
				if !e.Kind.Known() || e.Fault != "" {
					t.Errorf("entry %d, %s: known %v, fault %q", e.Seq, e.Kind, e.Kind.Known(), e.Fault)
				}
			}
			states := strings.TrimSuffix(path, ".jsonl") + ".state.json"
			known := map[string]goldenState{}
			if raw, err := os.ReadFile(states); err == nil {
				must(t, json.Unmarshal(raw, &known))
			}
			version := fmt.Sprint("fold ", model.FoldVersion)
			if *stateGolden {
				known[version] = got
				raw, err := json.MarshalIndent(known, "", "\t")
				must(t, err)
				must(t, os.WriteFile(states, append(raw, '\n'), 0o644))
			}
			want, ok := known[version]
			if !ok {
				t.Fatalf("nobody has noted what %s folds to under version %d: read what changed, then -golden-state",
					path, model.FoldVersion)
			}
			if got != want {
				t.Errorf("got  %+v\nwant %+v\nthe fold has changed and its version has not: logs are for ever; make "+
					"it model.FoldVersion %d", got, want, model.FoldVersion+1)
			}
		})
	}
}

// goldenScript has an example of each kind, as people type it. A line that begins with +
// lets that many minutes pass; <text> is the number of the entry with the text.
var goldenScript = []struct{ who, line string }{
	{"ana", ":role ic @ana Ana K., CTO"},
	{"ana", ":role scribe @bo"},
	{"bo", "key ..7Q seen in job 8841, public for 19 minutes"},
	{"bo", "-12m first odd login from 203.0.113.9"},
	{"bo", "!rotate now, isolate after; cy executes"},
	{"bo", "?the runner is compromised"},
	{"bo", ":finding the log of job 8841 was public"},
	{"bo", ":action runner isolated"},
	{"bo", ":evidence disk image of the runner, sha256 ab12, in the safe, bo has the key"},
	{"bo", ":comms told support what to say"},
	{"", "+1"},
	{"bo", ":amend <job 8841> key ..7Q seen in job 8842, public for 19 minutes"},
	{"bo", ":pin <job 8841>"},
	{"bo", ":retract <told support> it was not said yet"},
	{"ana", ":phase containment"},
	{"ana", ":phase +eradication"},
	{"ana", ":phase leave containment"},
	{"cy", ":start 1"},
	{"cy", ":check 1 old key gives 403"},
	{"ana", ":skip 2 not there"},
	{"ana", ":block 3 waits for the vendor"},
	{"ana", ":uncheck 1 not in all regions"},
	{"ana", ":assign 1 @cy"},
	{"ana", ":item containment @cy rotate the second key as well"},
	{"ana", ":sev SEV-1 active-exploit the key is used"},
	{"ana", ":update executives key revoked | isolating | nothing"},
	{"ana", ":notify executives the board, by phone"},
	{"ana", ":exposure suspected ~1200 gdpr kvkk mail addresses in the dump"},
	{"ana", ":snooze update 10m all hands on the firewall"},
	{"ana", ":clock move gdpr @-45h the vendor knew before"},
	{"ana", ":clock waive kvkk nobody in Turkey"},
	{"ana", ":clock met gdpr told by portal"},
	{"ana", ":milestone validated @-1m the hash of the key matched then"},
	{"ana", ":ask @cy 3m is the old key dead?"},
	{"cy", ":ack"},
	{"cy", ":answer yes, 403 since 14:01"},
	{"cy", ":todo @cy due 3d prevent rotate keys monthly"},
	{"cy", "TODO: scan CI logs daily"},
	{"cy", ":todo done 1"},
	{"cy", ":link notion https://notion.example/x tracker"},
	{"ana", ":handoff scribe @cy going home"},
	{"cy", ":decline scribe in a call"},
	{"ana", ":handoff scribe @cy going home, really"},
	{"ana", ":withdraw scribe"},
	{"ana", ":handoff ic @bo going to the board"},
	{"bo", ":accept ic"},
	{"bo", ":renounce scribe"},
	{"ana", ":kind app_exploit"},
	{"ana", ":if sessions yes a JWT was in the log"},
	{"ana", ":clock arm kvkk customers in Turkey after all"},
	{"ana", ":rename Deploy key in a public CI log, and what came of it"},
	{"ana", ":right @cy write"},
	{"ana", ":restrict @bo @cy an insider may be the one"},
	{"ana", ":restrict off"},
	{"ana", ":resolve the key is dead"},
	{"ana", ":reopen it was used again"},
	{"ana", ":strike @cy a stolen laptop"},
	{"ana", ":resolve second key too"},
	{"", "+90"},
	{"ana", ":close override a scripted room"},
}

// TestGoldenWrite writes a golden log, once per released format: a real room on a real
// server, in virtual time.
func TestGoldenWrite(t *testing.T) {
	if *writeGolden == "" {
		t.Skip("only with -golden NAME")
	}
	path := filepath.Join("testdata", "golden", *writeGolden+".jsonl")
	if _, err := os.Stat(path); err == nil {
		t.Fatalf("%s is there: logs are never written again, take another name", path)
	}
	inVirtualTime(t, func(t *testing.T, srv *server.Server) {
		data := feedtest.Data(t)
		people := map[string]*terminal{}
		for _, handle := range []string{"ana", "bo", "cy"} {
			people[handle] = openTerminal(t, srv, data, handle, min(time.Duration(len(people)), 1))
			people[handle].submit("here I am")
		}
		for _, s := range scriptOf(*writeGolden) {
			if s.who == "" {
				var m int
				_, err := fmt.Sscanf(s.line, "+%d", &m)
				must(t, err)
				<-time.After(time.Duration(m) * time.Minute)
				continue
			}
			<-time.After(7 * time.Second)
			people[s.who].submit(numbered(people[s.who], s.line))
		}
		ana := people["ana"].session.(*feed.RoomSession)
		force := func(b model.Body) {
			_, err := feed.Force(t.Context(), ana, model.Act{Body: b})
			must(t, err)
		}
		root := strings.Repeat("ab", 32)
		force(&model.LogResumed{Found: "a store that ended at entry 12", Size: 3, Root: root, LastSeq: 3,
			HubKey: strings.Repeat("c", 43)})
		if *writeGolden == "known1" { // the plan contains no assets, so every reader refuses it
			force(&model.ItemExcepted{Item: "assets", Asset: "none", N: 1, Reason: "it is off"})
		}
		force(&model.IncidentRenamed{}) // without a title, so every reader refuses it
		writeLog(t, people["ana"].f, path)
	})
}

// numbered replaces the text of an entry in a line by the number of the entry.
func numbered(m *terminal, line string) string {
	before, rest, ok := strings.Cut(line, "<")
	text, after, _ := strings.Cut(rest, ">")
	if !ok {
		return line
	}
	for _, l := range m.session.Latest().Room.Lines() {
		if l.IsEntry() && strings.Contains(l.Text.String(), text) {
			return fmt.Sprint(before, l.Seq, after)
		}
	}
	m.t.Fatalf("no entry with %q", text)
	return ""
}

// writeLog writes the log of the only room of a feed.
func writeLog(t *testing.T, f *feed.Feed, path string) {
	t.Helper()
	js, err := jetstream.New(f.Conn())
	must(t, err)
	s, err := js.Stream(t.Context(), "WARROOM_inc-1")
	must(t, err)
	var out bytes.Buffer
	kinds := map[model.Kind]int{}
	for seq := uint64(1); seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(t.Context(), seq)
		must(t, err)
		l := goldenLine{Seq: seq, Subject: m.Subject, At: m.Time.UTC(), Header: map[string][]string{},
			Data: string(m.Data)}
		for k, v := range m.Header {
			if k == signing.Header || k == signing.TimeHeader || k == jetstream.MsgIDHeader {
				l.Header[k] = v
			}
		}
		e, err := model.DecodeEvent(m.Data)
		must(t, err)
		kinds[e.Kind]++
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		must(t, enc.Encode(l))
		out.Write(line.Bytes())
	}
	t.Logf("kinds: %s", slices.Sorted(maps.Keys(kinds)))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, out.Bytes(), 0o644))
}
