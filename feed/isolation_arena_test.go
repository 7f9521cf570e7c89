package feed_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/backoff"
	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/model"
)

// arena is a hub under attack, either embedded or a server with docs/cluster/people.conf.
// inc-1 is open, inc-2 is restricted to ana, and inc-3 may be destroyed. wim has the
// right watch, bo write, cy command; scanner is a tool.
type arena struct {
	t     *testing.T
	owner *nats.Conn // may do and see everything
	in    map[string]*nats.Conn
	ana   *nats.Conn // the victim

	mu       sync.Mutex
	seen     []string // subjects that the owner received
	received []string // subjects that the victim received
}

func (x *arena) js() jetstream.JetStream {
	js, err := jetstream.New(x.owner)
	must(x.t, err)
	return js
}

// rooms creates the rooms with a feed that may.
func (x *arena) rooms(f *feed.Feed) {
	x.t.Helper()
	for i := range 3 {
		short, err := f.Declare(soon(x.t),
			model.Declaration{Title: fmt.Sprintf("secret of inc-%d", i+1), Severity: "SEV-1", Plan: feedtest.Plan()})
		must(x.t, err)
		if want := fmt.Sprintf("inc-%d", i+1); short != want {
			x.t.Fatalf("got the room %s, want %s", short, want)
		}
		if short == "inc-2" { // before anybody else could see it; so it has a number that attackers can guess
			s, err := f.Enter(soon(x.t), short)
			must(x.t, err)
			act(x.t, s, ":restrict @ana an insider may be the one")
			s.Close() // it would publish presence to the restricted room
		}
		if _, err := f.Collect(soon(x.t), short, logOf("a"), strings.NewReader("secret of inc-evidence"),
			nil); err != nil {
			x.t.Fatalf("collect evidence in %s: %v", short, err)
		}
	}
}

// listen records what the owner and the victim receive.
func (x *arena) listen() {
	x.t.Helper()
	note := func(to *[]string) nats.MsgHandler {
		return func(m *nats.Msg) {
			x.mu.Lock()
			defer x.mu.Unlock()
			*to = append(*to, m.Subject)
		}
	}
	_, err := x.owner.Subscribe("warroom.>", note(&x.seen))
	must(x.t, err)
	_, err = x.ana.Subscribe("_INBOX_ana.>", note(&x.received))
	must(x.t, err)
	must(x.t, x.owner.Flush())
	must(x.t, x.ana.Flush())
}

// state returns the state of JetStream, except what the attacker may store.
func (x *arena) state(but string) map[string]string {
	x.t.Helper()
	out := map[string]string{}
	l := x.js().ListStreams(soon(x.t), jetstream.WithStreamListSubject(">"))
	for i := range l.Info() {
		s, err := x.js().Stream(soon(x.t), i.Config.Name)
		must(x.t, err)
		info, err := s.Info(soon(x.t), jetstream.WithSubjectFilter(">"))
		must(x.t, err)
		per := []string{}
		for _, subject := range slices.Sorted(maps.Keys(info.State.Subjects)) {
			if t := strings.Split(subject, "."); len(t) == 5 &&
				(t[3] == but || t[3] == "hub" && t[2] == "seal" || t[4] == "T") {
				continue // the attacker's own subject, the hub's checkpoints, or the test's
			}
			per = append(per, fmt.Sprint(subject, "=", info.State.Subjects[subject]))
		}
		if strings.HasSuffix(i.Config.Name, "_SEAL") && len(per) == 0 {
			continue // the hub creates it when it signs a checkpoint
		}
		c := info.Config
		out[i.Config.Name] = fmt.Sprint(per, " first ", info.State.FirstSeq, " consumers ", info.State.Consumers,
			c.Subjects, c.MaxMsgs, c.MaxBytes, c.MaxAge, c.Mirror, c.Sources, c.RePublish,
			c.Metadata["warroom-readers"], c.Sealed)
	}
	must(x.t, l.Err())
	return out
}

// settle waits until everything sent so far has been processed: the hub has answered a
// later request of every kind.
func (x *arena) settle(who string) {
	x.t.Helper()
	nc := x.in[who]
	if err := nc.FlushTimeout(feedtest.DefaultTimeout); err != nil {
		x.t.Fatalf("flush of %s: %v", who, err)
	}
	for _, room := range []string{"inc-1", "inc-3"} { // the hub stores one login's messages in order
		for _, kind := range []string{hubapi.SubjectLog, hubapi.SubjectCheckpoints} {
			subject := hubapi.Ask(hubapi.VerbPut, who, room, kind, "T")
			may := (hubapi.Grant{Handle: who, Right: rightsOf[who], Conn: "*"}).Publish()
			if slices.ContainsFunc(may, func(p string) bool { return matches(p, subject) }) {
				x.answered(who, subject, "behind all that was sent")
			}
		}
	}
	x.answered("bo", hubapi.Ask(hubapi.VerbTip, "bo", "inc-1"), "")
	x.answered("bo", hubapi.Ask(hubapi.VerbGet, "bo", "inc-1", "log"), `{"seq":1}`)
	x.answered("bo", hubapi.Ask(hubapi.VerbList, "bo"), "")
	must(x.t, x.owner.FlushTimeout(feedtest.DefaultTimeout))
	must(x.t, x.ana.FlushTimeout(feedtest.DefaultTimeout))
}

// answered waits until the hub has answered a question of a login, whatever the answer is.
// It asks again: in a cluster that has just started, the attacker's server may not yet
// know that the hub is subscribed, or that the attacker waits for the answer.
func (x *arena) answered(who, subject, data string) {
	x.t.Helper()
	ctx, pause := soon(x.t), backoff.New(10*time.Millisecond, time.Second)
	for {
		once, done := context.WithTimeout(ctx, feedtest.DefaultTimeout/4)
		_, err := x.in[who].RequestWithContext(once, subject, []byte(data))
		done()
		if err == nil {
			return
		}
		select {
		case <-pause.After():
			pause.Grow()
		case <-ctx.Done():
			x.t.Fatalf("%s asks %s: got %v, want an answer", who, subject, err)
		}
	}
}

// settledState waits until the permitted messages of a previous login have been stored,
// and returns the state of all streams, except for the subjects of one login. Two reads
// with a round of requests between them have to be equal.
func (x *arena) settledState(but string) map[string]string {
	x.t.Helper()
	for last := x.state(but); ; {
		for who := range rightsOf {
			x.settle(who)
		}
		next := x.state(but)
		if maps.Equal(last, next) {
			return next
		}
		last = next
	}
}

// landed returns the received subjects that the attacker may not publish to, and clears
// them.
func (x *arena) landed(who string) (out []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := hubapi.Grant{Handle: who, Right: rightsOf[who], Conn: "*"}
	for _, s := range x.seen {
		t := strings.Split(s, ".")
		own := len(t) == 5 && t[3] == who && slices.Contains([]string{"log", "seal", "blob", "live", "here"}, t[2]) &&
			t[1] != "inc-2" || len(t) == 6 && t[4] == who
		byHub := len(t) == 5 && t[3] == "hub" && slices.Contains([]string{"seal", "live", "private-live"}, t[2]) ||
			strings.HasPrefix(s, "warroom.hub.")
		ours := strings.HasPrefix(s, "warroom.inc-2.") && strings.HasSuffix(s, ".ana.T")
		if !own && !byHub && !ours && !slices.ContainsFunc(g.Publish(), func(p string) bool { return matches(p, s) }) &&
			!strings.Contains(s, ".here.") {
			out = append(out, s)
		}
	}
	for _, s := range x.received {
		if strings.Contains(s, "victim") {
			out = append(out, s)
		}
	}
	x.seen, x.received = nil, nil
	return out
}

// matches reports whether a subject matches a pattern.
func matches(pattern, subject string) bool {
	p, s := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i := range p {
		if p[i] == ">" {
			return len(s) > i
		}
		if i >= len(s) || p[i] != "*" && p[i] != s[i] {
			return false
		}
	}
	return len(p) == len(s)
}

// embedded returns an arena on the embedded hub.
func embedded(t *testing.T) *arena {
	x := newTeam(t)
	a := &arena{t: t, owner: x.host.Conn(), in: map[string]*nats.Conn{}}
	a.rooms(x.host)
	for who, r := range rightsOf {
		a.in[who] = rawLogin(t, x.file(feed.Invite{Handle: who, Right: r}), who)
	}
	a.ana = rawLogin(t, x.file(feed.Invite{Handle: "ana", Right: model.Command}), "ana")
	a.listen()
	return a
}

// rawLogin returns a connection with an invitation, for arbitrary requests.
func rawLogin(t *testing.T, file, who string) *nats.Conn {
	t.Helper()
	nc, err := dialRaw(file, who)
	must(t, err)
	t.Cleanup(nc.Close)
	return nc
}

// dialRaw connects with an invitation, without the code of this program.
func dialRaw(file, who string, more ...nats.Option) (*nats.Conn, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	v, err := hub.ReadInvitation(file, raw)
	if err != nil {
		return nil, err
	}
	public, sign, err := v.Login()
	if err != nil {
		return nil, err
	}
	return nats.Connect(strings.Join(v.Servers, ","), append(more, nats.Nkey(public, sign), nats.Secure(v.TLS()),
		nats.Timeout(feedtest.DefaultTimeout),
		nats.CustomInboxPrefix("_INBOX_"+who), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))...)
}

// clustered returns an arena on three servers with docs/cluster/people.conf, to which the
// attackers are added in the same form, and an owner who sees everything.
func clustered(t *testing.T) *arena {
	x := newDocumentedWith(t, "cy", "scanner", "boss")
	a := &arena{t: t, in: map[string]*nats.Conn{}}
	feedtest.With(t, x.as("hub"))
	a.rooms(feedtest.With(t, x.as("ana")))
	for who := range rightsOf {
		a.in[who] = x.raw(who)
	}
	a.owner, a.ana = x.raw("boss"), x.raw("ana")
	a.listen()
	return a
}

// newDocumentedWith returns a documented cluster with more people, in the form of the
// existing ones: cy like ana, scanner like the tool in the file's comment.
func newDocumentedWith(t *testing.T, more ...string) *documented {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "cluster", "people.conf"))
	must(t, err)
	text := string(raw)
	block := func(from string) string {
		i := strings.Index(text, "    { nkey: "+from)
		j := strings.Index(text[i:], "} } }\n")
		return text[i : i+j+len("} } }\n")]
	}
	cy := strings.NewReplacer("$ANA", "$CY", ".ana", ".cy", "_INBOX_ana", "_INBOX_cy").Replace(block("$ANA"))
	i := strings.Index(text, "#   { nkey: $SCANNER")
	tool := strings.ReplaceAll(text[i:strings.Index(text[i:], "} } }")+i+len("} } }")], "#", "")
	text = strings.Replace(text, "  users = [\n", "  users = [\n{ nkey: $BOSS }\n"+cy+tool+"\n", 1)
	return newDocumentedFrom(t, text, append([]string{"hub", "ana", "bo", "wim"}, more...))
}
