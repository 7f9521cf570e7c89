package feed_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/model"
)

// arena is a hub under attack, embedded or a server with docs/cluster/people.conf:
// inc-1 is open, inc-2 restricted to ana, inc-3 is there to be destroyed. wim may
// watch, bo write, cy command; scanner is a tool.
type arena struct {
	t     *testing.T
	owner *nats.Conn // may do everything, and sees everything
	in    map[string]*nats.Conn
	ana   *nats.Conn // the victim

	mu   sync.Mutex
	seen []string // subjects, by the owner
	told []string // subjects, by the victim
}

// rightsOf are the attackers.
var rightsOf = map[string]model.Right{"wim": model.Watch, "bo": model.Write, "cy": model.Command, "scanner": hub.Intake}

func (x *arena) js() jetstream.JetStream {
	js, err := jetstream.New(x.owner)
	must(x.t, err)
	return js
}

// rooms makes the rooms by somebody who may.
func (x *arena) rooms(f *feed.Feed) {
	x.t.Helper()
	for i, names := range [][]string{nil, {"ana"}, nil} {
		short, err := f.Declare(soon(x.t), model.Declaration{Title: fmt.Sprintf("secret of inc-%d", i+1), Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: names})
		must(x.t, err)
		if want := fmt.Sprintf("inc-%d", i+1); short != want {
			x.t.Fatalf("got the room %s, want %s", short, want)
		}
		if _, err := f.Collect(soon(x.t), short, logOf("a"), strings.NewReader("secret of inc-evidence"), nil); err != nil {
			x.t.Fatalf("collect evidence in %s: %v", short, err)
		}
	}
}

// listen has the owner and the victim note what they receive.
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
	_, err = x.ana.Subscribe("_INBOX_ana.>", note(&x.told))
	must(x.t, err)
	must(x.t, x.owner.Flush())
	must(x.t, x.ana.Flush())
}

// state is everything that JetStream has, but what the attacker may store.
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
			if t := strings.Split(subject, "."); len(t) == 5 && (t[3] == but || t[3] == "hub" && t[2] == "seal" || t[4] == "T") {
				continue // the attacker's own lane, the hub's checkpoints, or the test's
			}
			per = append(per, fmt.Sprint(subject, "=", info.State.Subjects[subject]))
		}
		if strings.HasSuffix(i.Config.Name, "_SEAL") && len(per) == 0 {
			continue // the hub makes it when it has something to sign
		}
		c := info.Config
		out[i.Config.Name] = fmt.Sprint(per, " first ", info.State.FirstSeq, " consumers ", info.State.Consumers, c.Subjects, c.MaxMsgs, c.MaxBytes, c.MaxAge, c.Mirror, c.Sources, c.RePublish, c.Metadata["warroom-readers"], c.Sealed)
	}
	must(x.t, l.Err())
	return out
}

// settle waits until everything that was sent so far has had its effect: the hub has
// answered a question of every kind that was asked behind it.
func (x *arena) settle(who string) {
	x.t.Helper()
	nc := x.in[who]
	if err := nc.FlushTimeout(feedtest.Patience); err != nil {
		x.t.Fatalf("flush of %s: %v", who, err)
	}
	for _, subject := range []string{hubapi.Ask(hubapi.VerbTip, "bo", "inc-1"), hubapi.Ask(hubapi.VerbGet, "bo", "inc-1", "log"), hubapi.Ask(hubapi.VerbList, "bo")} {
		data := map[bool]string{true: `{"seq":1}`}[strings.Contains(subject, ".get.")]
		if _, err := x.in["bo"].Request(subject, []byte(data), feedtest.Patience); err != nil {
			x.t.Fatalf("behind what %s tried, bo asks %s: %v", who, subject, err)
		}
	}
	must(x.t, x.owner.FlushTimeout(feedtest.Patience))
	must(x.t, x.ana.FlushTimeout(feedtest.Patience))
}

// landed returns the subjects on which something arrived that the attacker may not
// publish to, and forgets them.
func (x *arena) landed(who string) (out []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := hubapi.Grant{Handle: who, Right: rightsOf[who], Conn: "*"}
	for _, s := range x.seen {
		t := strings.Split(s, ".")
		own := len(t) == 5 && t[3] == who && slices.Contains([]string{"log", "seal", "blob", "live", "here"}, t[2]) && t[1] != "inc-2" || len(t) == 6 && t[4] == who
		byHub := len(t) == 5 && t[3] == "hub" && slices.Contains([]string{"seal", "live", "private-live"}, t[2]) || strings.HasPrefix(s, "warroom.hub.")
		ours := strings.HasPrefix(s, "warroom.inc-2.") && strings.HasSuffix(s, ".ana.T")
		if !own && !byHub && !ours && !slices.ContainsFunc(g.Publish(), func(p string) bool { return matches(p, s) }) && !strings.Contains(s, ".here.") {
			out = append(out, s)
		}
	}
	for _, s := range x.told {
		if strings.Contains(s, "victim") {
			out = append(out, s)
		}
	}
	x.seen, x.told = nil, nil
	return out
}

// matches reports whether a subject is one of a pattern.
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

// attack is one attempt: a message, or a subscription.
type attack struct {
	name  string
	msg   *nats.Msg // ME and RIGHT in it are the attacker's
	asks  bool      // its answer, in the attacker's own inbox, must not be one
	queue string    // of a subscription
	hears bool      // a subscription, to msg.Subject, that must receive nothing of inc-2
}

// publishes is an attack by one message.
func publishes(subject, reply, data string, h nats.Header) attack {
	return attack{name: "publish " + subject + " for " + reply, msg: &nats.Msg{Subject: subject, Reply: reply, Data: []byte(data), Header: h}}
}

// asks is an attack by one question.
func asks(subject, data string) attack {
	return attack{name: "ask " + subject + " " + data, asks: true, msg: &nats.Msg{Subject: subject, Data: []byte(data)}}
}

// receives is an attack by a subscription while others work in both rooms.
func receives(subject, queue string) attack {
	return attack{name: "subscribe " + subject + " " + queue, hears: true, queue: queue, msg: &nats.Msg{Subject: subject}}
}

// run does what an attacker tries, and returns what they got that they must not get.
func (x *arena) run(who string, all []attack) (got []string) {
	x.t.Helper()
	nc := x.in[who]
	fill := strings.NewReplacer("ME", who, "RIGHT", string(rightsOf[who]))
	answers, err := nc.SubscribeSync("_INBOX_" + who + ".ask.>")
	must(x.t, err)
	defer func() { _ = answers.Unsubscribe() }()
	subs := map[string]*nats.Subscription{}
	for i, a := range all {
		m := &nats.Msg{Subject: fill.Replace(a.msg.Subject), Reply: fill.Replace(a.msg.Reply), Data: a.msg.Data, Header: a.msg.Header}
		switch {
		case a.hears && a.queue != "":
			subs[a.name], err = nc.QueueSubscribeSync(m.Subject, a.queue)
		case a.hears:
			subs[a.name], err = nc.SubscribeSync(m.Subject)
		case a.asks:
			m.Reply = fmt.Sprintf("_INBOX_%s.ask.%d", who, i)
			fallthrough
		default:
			err = nc.PublishMsg(m)
		}
		if err != nil && !strings.Contains(err.Error(), "invalid") {
			x.t.Fatalf("%s: %s: %v", who, a.name, err)
		}
		if i%32 == 31 { // within the bounds of one login
			x.settle(who)
		}
	}
	x.settle(who)
	for _, s := range []string{"warroom.inc-2.log.ana.T", "warroom.inc-2.seal.ana.T", "warroom.inc-2.private-here.ana.T", "_INBOX_ana.mail"} {
		must(x.t, x.owner.Publish(s, []byte("secret of inc-2")))
	}
	must(x.t, x.owner.Flush())
	x.settle(who)
	for n, _, _ := answers.Pending(); n > 0; n-- {
		m, err := answers.NextMsg(feedtest.Patience)
		must(x.t, err)
		var i int
		_, _ = fmt.Sscanf(m.Subject, "_INBOX_"+who+".ask.%d", &i)
		refused := hubapi.Refused(m) != nil || m.Header.Get("Status") != "" || len(m.Data) == 0 || strings.Contains(string(m.Data), `"why"`) || strings.Contains(string(m.Data), `"error"`)
		if !refused && (!allowedAnswer(who, all[i].name) || secretIn(m)) {
			got = append(got, fmt.Sprintf("%s: answered with %.200q %v", all[i].name, m.Data, m.Header))
		}
	}
	for name, sub := range subs {
		for n, _, _ := sub.Pending(); n > 0; n-- {
			if m, err := sub.NextMsg(feedtest.Patience); err == nil && (secretIn(m) || strings.Contains(m.Subject, "inc-2")) {
				got = append(got, name+": received "+m.Subject)
			}
		}
		_ = sub.Unsubscribe()
	}
	return got
}

// secretIn reports whether an answer has something of the restricted room.
func secretIn(m *nats.Msg) bool {
	raw, _ := json.Marshal(m.Header)
	return strings.Contains(string(m.Data)+string(raw), "secret of inc-2") || strings.Contains(string(raw), "warroom.inc-2.")
}

// questionsOf are all that a login may ask, with the answers that come.
func questionsOf(reply string) (out []attack) {
	for subject, data := range map[string]string{
		"warroom.hub.who.ME": "", "warroom.hub.how.ME": "", "warroom.hub.list.ME": "", "warroom.hub.rooms.ME": "", "warroom.hub.access.ME": `{"room":"inc-1"}`,
		"warroom.hub.create.ME": `{"short":"inc-9"}`, "warroom.hub.evidence.ME": "inc-1",
		"warroom.hub.tip.ME.inc-1": "", "warroom.hub.tip.ME.NONE": "", "warroom.hub.tip.ME.inc-2": "",
		"warroom.hub.get.ME.inc-1.log": `{"seq":1,"batch":3}`, "warroom.hub.get.ME.inc-1.seal": `{"seq":1}`, "warroom.hub.raw.ME.inc-1.log": `{"seq":1}`, "warroom.hub.get.ME.inc-2.log": `{"seq":1}`,
		"warroom.hub.put.ME.inc-1.seal.S": `{"seq":1}`, "warroom.hub.put.ME.inc-1.log.L": `{"seq":1}`,
		"warroom.hub.presence.ME.1.inc-1.K": "{}", "warroom.hub.join.ME.RIGHT.inc-1.K": "{}", "warroom.intake.ME": "{}", "warroom.intake.ME.x": "{}",
	} {
		out = append(out, publishes(subject, reply, data, nil))
	}
	return out
}

// attacks are what a login tries beyond its right.
func attacks() (out []attack) {
	for _, api := range []string{"INFO", "STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.WARROOM_inc-1", "STREAM.MSG.GET.WARROOM_inc-1", "DIRECT.GET.WARROOM_inc-1", "DIRECT.GET.WARROOM_inc-2",
		"DIRECT.GET.WARROOM_inc-2.warroom.inc-2.log.ana.K", "STREAM.CREATE.EVIL", "STREAM.UPDATE.WARROOM_inc-3", "STREAM.DELETE.WARROOM_inc-3", "STREAM.PURGE.WARROOM_inc-3", "STREAM.MSG.DELETE.WARROOM_inc-3",
		"STREAM.SNAPSHOT.WARROOM_inc-2", "STREAM.RESTORE.EVIL", "STREAM.PEER.REMOVE.WARROOM_inc-3", "STREAM.LEADER.STEPDOWN.WARROOM_inc-3", "META.LEADER.STEPDOWN", "CONSUMER.CREATE.WARROOM_inc-2.c",
		"CONSUMER.DURABLE.CREATE.WARROOM_inc-2.c", "CONSUMER.MSG.NEXT.WARROOM_inc-2.c", "CONSUMER.LIST.WARROOM_inc-2", "ACCOUNT.PURGE.X"} {
		out = append(out, asks("$JS.API."+api, `{"seq":1}`))
	}
	for _, s := range []string{"$SYS.REQ.USER.INFO", "$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$JS.hub.API.INFO", "warroom.hub.internal.access", "warroom.hub.internal.guards", "warroom.hub.strike"} {
		out = append(out, asks(s, `{"room":"inc-1","only":["mal"]}`))
	}
	// What the hub or the server answers, on a subject of the attacker's choice.
	for _, reply := range []string{"warroom.inc-1.log.ana.K", "warroom.inc-1.gone.hub.K", "warroom.inc-1.seal.ana.K", "warroom.inc-1.blob.ana.K", "warroom.inc-1.live.ana.K", "warroom.inc-1.here.ana.K",
		"warroom.inc-1.door.ana.K", "warroom.inc-1.gate.command.ana.K", "warroom.inc-2.log.ana.K", "warroom.inc-2.private-live.ana.K", "warroom.inc-2.private-here.ana.K", "warroom.inc-2.log.ME.K",
		"warroom.hub.told", "warroom.hub.internal.access", "warroom.hub.internal.guards", "warroom.hub.create.ana", "warroom.hub.put.ana.inc-1.log.K", "warroom.hub.get.ana.inc-2.log", "warroom.intake.scan.x",
		"$JS.API.STREAM.DELETE.WARROOM_inc-3", "$JS.API.STREAM.PURGE.WARROOM_inc-3", "$JS.API.STREAM.MSG.DELETE.WARROOM_inc-3", "$JS.API.STREAM.UPDATE.WARROOM_inc-3", "$JS.API.STREAM.CREATE.EVIL",
		"_INBOX_ana.victim", "_INBOX_ME.room.inc-1.live.ana.K", "_INBOX_ME.*", "_INBOX_ME.>", "_INBOX_ME.a b", "_INBOX_ME..x", "_INBOX_ME", "_R_.a.b", "_GR_.a.b.warroom.inc-1.log.ana.K",
		"$JS.ACK.WARROOM_inc-1.c.1.1.1.1.1", "$JS.FC.WARROOM_inc-1.c.x", "$SYS.REQ.USER.INFO", "warroom.*.log.ana.K", ">"} {
		out = append(out, questionsOf(reply)...)
	}
	// Somebody else's name, right or room.
	for _, s := range []string{"warroom.inc-1.log.ME.K", "warroom.inc-1.log.ana.K", "warroom.inc-1.gone.hub.K", "warroom.inc-1.live.ME.K", "warroom.inc-1.here.ME.K", "warroom.inc-1.here.ana.K", "warroom.inc-1.door.ME.K",
		"warroom.inc-1.gate.RIGHT.ME.K", "warroom.inc-1.gate.command.ana.K", "warroom.inc-2.private-live.ME.K", "warroom.hub.told", "warroom.hub.put.ana.inc-1.log.K", "warroom.hub.put.ME.inc-2.log.K",
		"warroom.hub.put.ME.inc-2.seal.K", "warroom.hub.put.ME.inc-1.gone.K", "warroom.hub.put.ME.inc-1.live.K", "warroom.hub.put.ME.inc-1.log.*", "warroom.hub.put.ME.*.log.K", "warroom.hub.put.ME.inc-1.log.>",
		"warroom.hub.put.ME.inc-1_SEAL.log.K", "warroom.hub.put.ME.inc-1.log.K.more", "warroom.hub.presence.ana.1.inc-1.K", "warroom.hub.presence.ME.1.inc-2.K", "warroom.hub.presence.ME.1.*.K", "warroom.hub.presence.ME.1.inc-1.*",
		"warroom.hub.join.ana.command.inc-1.K", "warroom.hub.join.ME.command.inc-2.K", "warroom.hub.join.ME.hub.inc-1.K", "_INBOX_ana.victim", "anything"} {
		out = append(out, publishes(s, "_INBOX_ME.r", `{"handle":"ana","bye":true}`, nil))
	}
	// The restricted room, and what is not a room.
	for _, s := range []string{"get.ME.inc-2.log", "get.ME.inc-2.seal", "get.ME.inc-2.blob", "raw.ME.inc-2.log", "raw.ME.inc-2.seal", "raw.ME.inc-2.blob", "tip.ME.inc-2", "evidence.ME", "get.ME.*.log", "get.ME.>.log", "get.ME.inc-1.gone",
		"get.ME.inc-1.*", "get.ME.INC-2.log", "get.ME.inc-2_BLOB.log", "raw.ME.inc-1_SEAL.log", "get.ana.inc-2.log", "get.*.inc-2.log", "tip.ana.inc-2", "tip.ME.*", "access.ME"} {
		for _, body := range []string{`{"seq":1}`, `{"last_by_subj":"warroom.inc-2.log.ana.K"}`, `{"seq":1,"batch":512}`, `{"room":"inc-2"}`, "inc-2"} {
			out = append(out, asks("warroom.hub."+s, body))
		}
	}
	for _, body := range []string{"", "rubbish", "{}{}", `{"seq":1,"multi_last":["warroom.inc-2.log.>"]}`, `{"seq":1,"batch":100000}`, `{"seq":1,"batch":-1}`, `{"seq":-1}`, `{"seq":1,"no_hdr":true}`, `{"seq":1}` + strings.Repeat(" ", 2000)} {
		out = append(out, asks("warroom.hub.get.ME.inc-1.log", body))
	}
	for _, h := range []nats.Header{{"Nats-Rollup": {"all"}}, {"Nats-Rollup": {"sub"}}, {"Nats-TTL": {"1s"}}, {"Nats-Schedule": {"@at 2026-01-01T00:00:00Z"}, "Nats-Schedule-Target": {"warroom.inc-1.log.ana.K"}},
		{"Nats-Batch-Id": {"b"}, "Nats-Batch-Sequence": {"1"}, "Nats-Batch-Commit": {"1"}}, {"Nats-Incr": {"1"}}, {"Nats-Stream-Source": {"x"}}, {"Nats-Request-Info": {`{"acc":"$SYS","user":"ana"}`}},
		{"Nats-Trace-Dest": {"warroom.inc-1.log.ana.K"}}, {"Nats-Trace-Dest": {"$JS.API.STREAM.DELETE.WARROOM_inc-3"}}, {"Nats-Trace-Dest": {"_INBOX_ana.victim"}}, {"Nats-Trace-Dest": {"_INBOX_ME.trace"}}, {"Nats-Marker-Reason": {"Purge"}}} {
		for _, s := range []string{"warroom.hub.put.ME.inc-3.seal.H", "warroom.hub.put.ME.inc-3.log.H", "warroom.hub.presence.ME.1.inc-3.H", "warroom.hub.get.ME.inc-1.log"} {
			out = append(out, publishes(s, "_INBOX_ME.r", "junk", h))
		}
	}
	for _, x := range []struct{ subject, queue string }{{">", ""}, {"*.>", ""}, {"_INBOX_ana.>", ""}, {"_INBOX.>", ""}, {"_INBOX_*.>", ""}, {"_R_.>", ""}, {"$JS.>", ""}, {"$SYS.>", ""}, {"warroom.>", ""}, {"warroom.*.log.>", ""},
		{"warroom.*.seal.>", ""}, {"warroom.*.blob.>", ""}, {"warroom.*.private-live.>", ""}, {"warroom.*.private-here.>", ""}, {"warroom.inc-2.>", ""}, {"warroom.inc-2.live.>", ""}, {"warroom.*.live.>", ""}, {"warroom.*.live.>", "hub"},
		{"warroom.*.here.>", ""}, {"warroom.hub.>", ""}, {"warroom.hub.put.*.*.*.*", "hub"}, {"warroom.hub.internal.>", ""}, {"$JS.API.>", ""}, {"*.room.>", ""}, {"_INBOX_ME.room.inc-2.>", ""}} {
		out = append(out, receives(x.subject, x.queue))
	}
	return out
}

// embedded is an arena on the embedded hub.
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

// rawLogin is a connection by an invitation by which anything can be tried.
func rawLogin(t *testing.T, file, who string) *nats.Conn {
	t.Helper()
	raw, err := os.ReadFile(file)
	must(t, err)
	v, err := hub.ReadInvitation(file, raw)
	must(t, err)
	public, sign, err := v.Login()
	must(t, err)
	nc, err := nats.Connect(strings.Join(v.Servers, ","), nats.Nkey(public, sign), nats.Secure(v.TLS()), nats.CustomInboxPrefix("_INBOX_"+who), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	must(t, err)
	t.Cleanup(nc.Close)
	return nc
}

// clustered is an arena on three servers with docs/cluster/people.conf, to which the
// attackers are added in the words of the people there, and somebody who sees all.
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

// TestNoLoginReachesMore: nothing that a login tries beyond its right has an effect,
// whatever it sends.
func TestNoLoginReachesMore(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *arena{"embedded": embedded, "cluster": clustered} {
		t.Run(name, func(t *testing.T) {
			x := make(t)
			all := attacks()
			for _, who := range slices.Sorted(maps.Keys(rightsOf)) {
				before := x.state(who)
				x.settle(who)
				x.landed(who)
				for _, got := range x.run(who, all) {
					t.Errorf("%s: %s", who, got)
				}
				if hits := x.landed(who); len(hits) > 0 {
					t.Errorf("%s: landed on %v", who, hits)
				}
				if after := x.state(who); !maps.Equal(before, after) {
					t.Errorf("%s changed the streams:\n got %v\nwant %v", who, after, before)
				}
			}
			t.Logf("%d attempts by %d logins", len(all), len(rightsOf))
		})
	}
}

// allowedAnswer reports whether a question of the table is one that a right may ask.
func allowedAnswer(who, name string) bool {
	return who != "scanner" && strings.Contains(name, "warroom.hub.access.ME {\"room\":\"inc-1\"")
}

// TestEveryVerbHasARow: a new verb is tried before anybody may ask it.
func TestEveryVerbHasARow(t *testing.T) {
	tried := ""
	for _, a := range questionsOf("_INBOX_ME.r") {
		tried += a.name + "\n"
	}
	for _, who := range []string{"wim", "bo", "cy"} {
		for _, s := range (hubapi.Grant{Handle: "ME", Right: rightsOf[who], Conn: "1"}).Publish() {
			verb := strings.Split(s, ".")[2]
			if verb == hubapi.VerbOldMake || verb == hubapi.VerbOldStore {
				continue
			}
			if !strings.Contains(tried, "warroom.hub."+verb+".ME") {
				t.Errorf("nothing tries the verb %s of %s: add it to questionsOf", verb, s)
			}
		}
	}
}

// newDocumentedWith is a documented cluster with more people, in the words of those
// who are there: cy as ana, scanner as the tool in the file's comment.
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
