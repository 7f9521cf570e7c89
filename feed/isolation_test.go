package feed_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/model"
)

// rightsOf are the attackers with their rights.
var rightsOf = map[string]model.Right{"wim": model.Watch, "bo": model.Write, "cy": model.Command, "scanner": hub.Intake}

// attack is one attempt: a message or a subscription.
type attack struct {
	name  string
	msg   *nats.Msg // ME and RIGHT in it stand for the attacker's handle and right
	asks  bool      // an answer in the attacker's own inbox must be an error
	queue string    // of a subscription
	hears bool      // a subscription to msg.Subject must receive nothing of inc-2
}

// publishes returns an attack with one message.
func publishes(subject, reply, data string, h nats.Header) attack {
	return attack{name: "publish " + subject + " for " + reply,
		msg: &nats.Msg{Subject: subject, Reply: reply, Data: []byte(data), Header: h}}
}

// asks returns an attack with one request.
func asks(subject, data string) attack {
	return attack{name: "ask " + subject + " " + data, asks: true, msg: &nats.Msg{Subject: subject, Data: []byte(data)}}
}

// receives returns an attack with a subscription while others write to both rooms.
func receives(subject, queue string) attack {
	return attack{name: "subscribe " + subject + " " + queue, hears: true, queue: queue,
		msg: &nats.Msg{Subject: subject}}
}

// run makes the attempts of an attacker, and returns what succeeded.
func (x *arena) run(who string, all []attack) (got []string) {
	x.t.Helper()
	nc := x.in[who]
	fill := strings.NewReplacer("ME", who, "RIGHT", string(rightsOf[who]))
	answers, err := nc.SubscribeSync("_INBOX_" + who + ".ask.>")
	must(x.t, err)
	defer func() { _ = answers.Unsubscribe() }()
	subs := map[string]*nats.Subscription{}
	for i, a := range all {
		m := &nats.Msg{Subject: fill.Replace(a.msg.Subject), Reply: fill.Replace(a.msg.Reply), Data: a.msg.Data,
			Header: a.msg.Header}
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
		if i%32 == 31 { // stay within the limits of one login
			x.settle(who)
		}
	}
	x.settle(who)
	for _, s := range []string{"warroom.inc-2.log.ana.T", "warroom.inc-2.seal.ana.T",
		"warroom.inc-2.private-here.ana.T", "_INBOX_ana.mail"} {
		must(x.t, x.owner.Publish(s, []byte("secret of inc-2")))
	}
	must(x.t, x.owner.Flush())
	x.settle(who)
	for n, _, _ := answers.Pending(); n > 0; n-- {
		m, err := answers.NextMsg(feedtest.DefaultTimeout)
		must(x.t, err)
		var i int
		_, _ = fmt.Sscanf(m.Subject, "_INBOX_"+who+".ask.%d", &i)
		refused := hubapi.Refused(m) != nil || m.Header.Get("Status") != "" || len(m.Data) == 0 ||
			strings.Contains(string(m.Data), `"why"`) || strings.Contains(string(m.Data), `"error"`)
		if !refused && (!allowedAnswer(who, all[i].name) || secretIn(m)) {
			got = append(got, fmt.Sprintf("%s: answered with %.200q %v", all[i].name, m.Data, m.Header))
		}
	}
	for name, sub := range subs {
		for n, _, _ := sub.Pending(); n > 0; n-- {
			if m, err := sub.NextMsg(feedtest.DefaultTimeout); err == nil &&
				(secretIn(m) || strings.Contains(m.Subject, "inc-2")) {
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
	return strings.Contains(string(m.Data)+string(raw), "secret of inc-2") ||
		strings.Contains(string(raw), "warroom.inc-2.")
}

// questionsOf returns all requests that a login may send.
func questionsOf(reply string) (out []attack) {
	for subject, data := range map[string]string{
		"warroom.hub.who.ME": "", "warroom.hub.how.ME": "", "warroom.hub.list.ME": "", "warroom.hub.rooms.ME": "",
		"warroom.hub.access.ME": `{"room":"inc-1"}`,
		"warroom.hub.export.ME": `{"room":"inc-1","what":"report","profile":"a text of its own","form":"md"}`,
		"warroom.hub.create.ME": `{"short":"inc-9"}`, "warroom.hub.evidence.ME": "inc-1",
		"warroom.hub.tip.ME.inc-1": "", "warroom.hub.tip.ME.NONE": "", "warroom.hub.tip.ME.inc-2": "",
		"warroom.hub.get.ME.inc-1.log": `{"seq":1,"batch":3}`, "warroom.hub.get.ME.inc-1.seal": `{"seq":1}`,
		"warroom.hub.raw.ME.inc-1.log": `{"seq":1}`, "warroom.hub.get.ME.inc-2.log": `{"seq":1}`,
		"warroom.hub.put.ME.inc-1.seal.S": `{"seq":1}`, "warroom.hub.put.ME.inc-1.log.L": `{"seq":1}`,
		"warroom.hub.presence.ME.1.inc-1.K": "{}", "warroom.hub.join.ME.RIGHT.inc-1.K": "{}", "warroom.intake.ME": "{}",
		"warroom.intake.ME.x": "{}",
	} {
		out = append(out, publishes(subject, reply, data, nil))
	}
	return out
}

// attacks returns what a login tries beyond its rights.
func attacks() (out []attack) {
	for _, api := range []string{"INFO", "STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.WARROOM_inc-1",
		"STREAM.MSG.GET.WARROOM_inc-1", "DIRECT.GET.WARROOM_inc-1", "DIRECT.GET.WARROOM_inc-2",
		"DIRECT.GET.WARROOM_inc-2.warroom.inc-2.log.ana.K", "STREAM.CREATE.EVIL", "STREAM.UPDATE.WARROOM_inc-3",
		"STREAM.DELETE.WARROOM_inc-3", "STREAM.PURGE.WARROOM_inc-3", "STREAM.MSG.DELETE.WARROOM_inc-3",
		"STREAM.SNAPSHOT.WARROOM_inc-2", "STREAM.RESTORE.EVIL", "STREAM.PEER.REMOVE.WARROOM_inc-3",
		"STREAM.LEADER.STEPDOWN.WARROOM_inc-3", "META.LEADER.STEPDOWN", "CONSUMER.CREATE.WARROOM_inc-2.c",
		"CONSUMER.DURABLE.CREATE.WARROOM_inc-2.c", "CONSUMER.MSG.NEXT.WARROOM_inc-2.c", "CONSUMER.LIST.WARROOM_inc-2",
		"ACCOUNT.PURGE.X"} {
		out = append(out, asks("$JS.API."+api, `{"seq":1}`))
	}
	for _, s := range []string{"$SYS.REQ.USER.INFO", "$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.PING.CONNZ",
		"$JS.hub.API.INFO", "warroom.hub.internal.access", "warroom.hub.internal.guards", "warroom.hub.strike"} {
		out = append(out, asks(s, `{"room":"inc-1","only":["mal"]}`))
	}
	// What the hub or the server answers, on a subject that the attacker chooses.
	for _, reply := range []string{"warroom.inc-1.log.ana.K", "warroom.inc-1.gone.hub.K", "warroom.inc-1.seal.ana.K",
		"warroom.inc-1.blob.ana.K", "warroom.inc-1.live.ana.K", "warroom.inc-1.here.ana.K",
		"warroom.inc-1.door.ana.K", "warroom.inc-1.gate.command.ana.K", "warroom.inc-2.log.ana.K",
		"warroom.inc-2.private-live.ana.K", "warroom.inc-2.private-here.ana.K", "warroom.inc-2.log.ME.K",
		"warroom.hub.told", "warroom.hub.internal.access", "warroom.hub.internal.guards", "warroom.hub.create.ana",
		"warroom.hub.put.ana.inc-1.log.K", "warroom.hub.get.ana.inc-2.log", "warroom.intake.scan.x",
		"$JS.API.STREAM.DELETE.WARROOM_inc-3", "$JS.API.STREAM.PURGE.WARROOM_inc-3",
		"$JS.API.STREAM.MSG.DELETE.WARROOM_inc-3", "$JS.API.STREAM.UPDATE.WARROOM_inc-3", "$JS.API.STREAM.CREATE.EVIL",
		"_INBOX_ana.victim", "_INBOX_ME.room.inc-1.live.ana.K", "_INBOX_ME.*", "_INBOX_ME.>", "_INBOX_ME.a b",
		"_INBOX_ME..x", "_INBOX_ME", "_R_.a.b", "_GR_.a.b.warroom.inc-1.log.ana.K",
		"$JS.ACK.WARROOM_inc-1.c.1.1.1.1.1", "$JS.FC.WARROOM_inc-1.c.x", "$SYS.REQ.USER.INFO", "warroom.*.log.ana.K",
		">"} {
		out = append(out, questionsOf(reply)...)
	}
	// Another handle, right or room.
	for _, s := range []string{"warroom.inc-1.log.ME.K", "warroom.inc-1.log.ana.K", "warroom.inc-1.gone.hub.K",
		"warroom.inc-1.live.ME.K", "warroom.inc-1.here.ME.K", "warroom.inc-1.here.ana.K", "warroom.inc-1.door.ME.K",
		"warroom.inc-1.gate.RIGHT.ME.K", "warroom.inc-1.gate.command.ana.K", "warroom.inc-2.private-live.ME.K",
		"warroom.hub.told", "warroom.hub.put.ana.inc-1.log.K", "warroom.hub.put.ME.inc-2.log.K",
		"warroom.hub.put.ME.inc-2.seal.K", "warroom.hub.put.ME.inc-1.gone.K", "warroom.hub.put.ME.inc-1.live.K",
		"warroom.hub.put.ME.inc-1.log.*", "warroom.hub.put.ME.*.log.K", "warroom.hub.put.ME.inc-1.log.>",
		"warroom.hub.put.ME.inc-1_SEAL.log.K", "warroom.hub.put.ME.inc-1.log.K.more",
		"warroom.hub.presence.ana.1.inc-1.K", "warroom.hub.presence.ME.1.inc-2.K", "warroom.hub.presence.ME.1.*.K",
		"warroom.hub.presence.ME.1.inc-1.*",
		"warroom.hub.join.ana.command.inc-1.K", "warroom.hub.join.ME.command.inc-2.K",
		"warroom.hub.join.ME.hub.inc-1.K", "_INBOX_ana.victim", "anything"} {
		out = append(out, publishes(s, "_INBOX_ME.r", `{"handle":"ana","bye":true}`, nil))
	}
	// The restricted room, and invalid rooms.
	for _, s := range []string{"get.ME.inc-2.log", "get.ME.inc-2.seal", "get.ME.inc-2.blob", "raw.ME.inc-2.log",
		"raw.ME.inc-2.seal", "raw.ME.inc-2.blob", "tip.ME.inc-2", "evidence.ME", "get.ME.*.log", "get.ME.>.log",
		"get.ME.inc-1.gone",
		"get.ME.inc-1.*", "get.ME.INC-2.log", "get.ME.inc-2_BLOB.log", "raw.ME.inc-1_SEAL.log", "get.ana.inc-2.log",
		"get.*.inc-2.log", "tip.ana.inc-2", "tip.ME.*", "access.ME"} {
		for _, body := range []string{`{"seq":1}`, `{"last_by_subj":"warroom.inc-2.log.ana.K"}`,
			`{"seq":1,"batch":512}`, `{"room":"inc-2"}`, "inc-2"} {
			out = append(out, asks("warroom.hub."+s, body))
		}
	}
	for _, body := range []string{"", "rubbish", "{}{}", `{"seq":1,"multi_last":["warroom.inc-2.log.>"]}`,
		`{"seq":1,"batch":100000}`, `{"seq":1,"batch":-1}`, `{"seq":-1}`, `{"seq":1,"no_hdr":true}`, `{"seq":1}` +
			strings.Repeat(" ", 2000)} {
		out = append(out, asks("warroom.hub.get.ME.inc-1.log", body))
	}
	for _, h := range []nats.Header{{"Nats-Rollup": {"all"}}, {"Nats-Rollup": {"sub"}}, {"Nats-TTL": {"1s"}},
		{"Nats-Schedule": {"@at 2026-01-01T00:00:00Z"}, "Nats-Schedule-Target": {"warroom.inc-1.log.ana.K"}},
		{"Nats-Batch-Id": {"b"}, "Nats-Batch-Sequence": {"1"}, "Nats-Batch-Commit": {"1"}}, {"Nats-Incr": {"1"}},
		{"Nats-Stream-Source": {"x"}}, {"Nats-Request-Info": {`{"acc":"$SYS","user":"ana"}`}},
		{"Nats-Trace-Dest": {"warroom.inc-1.log.ana.K"}}, {"Nats-Trace-Dest": {"$JS.API.STREAM.DELETE.WARROOM_inc-3"}},
		{"Nats-Trace-Dest": {"_INBOX_ana.victim"}}, {"Nats-Trace-Dest": {"_INBOX_ME.trace"}},
		{"Nats-Marker-Reason": {"Purge"}}} {
		for _, s := range []string{"warroom.hub.put.ME.inc-3.seal.H", "warroom.hub.put.ME.inc-3.log.H",
			"warroom.hub.presence.ME.1.inc-3.H", "warroom.hub.get.ME.inc-1.log"} {
			out = append(out, publishes(s, "_INBOX_ME.r", "junk", h))
		}
	}
	for _, x := range []struct{ subject, queue string }{{">", ""}, {"*.>", ""}, {"_INBOX_ana.>", ""}, {"_INBOX.>", ""},
		{"_INBOX_*.>", ""}, {"_R_.>", ""}, {"$JS.>", ""}, {"$SYS.>", ""}, {"warroom.>", ""}, {"warroom.*.log.>", ""},
		{"warroom.*.seal.>", ""}, {"warroom.*.blob.>", ""}, {"warroom.*.private-live.>", ""},
		{"warroom.*.private-here.>", ""}, {"warroom.inc-2.>", ""}, {"warroom.inc-2.live.>", ""},
		{"warroom.*.live.>", ""}, {"warroom.*.live.>", "hub"},
		{"warroom.*.here.>", ""}, {"warroom.hub.>", ""}, {"warroom.hub.put.*.*.*.*", "hub"},
		{"warroom.hub.internal.>", ""}, {"$JS.API.>", ""}, {"*.room.>", ""}, {"_INBOX_ME.room.inc-2.>", ""}} {
		out = append(out, receives(x.subject, x.queue))
	}
	return out
}

// TestNoLoginReachesMore: no attempt of a login beyond its rights has an effect.
func TestNoLoginReachesMore(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *arena{"embedded": embedded, "cluster": clustered} {
		t.Run(name, func(t *testing.T) {
			x := make(t)
			all := attacks()
			for _, who := range slices.Sorted(maps.Keys(rightsOf)) {
				before := x.settledState(who)
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

// allowedAnswer reports whether the login's right allows a request of the table.
func allowedAnswer(who, name string) bool {
	return who != "scanner" && strings.Contains(name, "warroom.hub.access.ME {\"room\":\"inc-1\"")
}

// TestEveryVerbHasARow: every verb has a row in the table, so that a new one is tested.
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
