package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/playbook"
)

// hub is a feed as a runner has it.
type hub struct{ *feed.Feed }

func (h hub) Open(ctx context.Context, short string) (bridge.Office, error) {
	return h.Office(ctx, short)
}

// room is a room whose host has bridges.
type room struct {
	t     *testing.T
	f     *feed.Feed
	run   *bridge.Runner
	short string
	seat  model.Seat
	told  chan string
}

func open(t *testing.T, drill bool, b ...bridge.Bridge) *room {
	t.Helper()
	x := &room{t: t, f: feedtest.Open(t, "ana"), told: make(chan string, 100)}
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatal(err)
	}
	if x.short, err = x.f.Declare(t.Context(), model.Declaration{Title: "Key <!channel> in a log", Severity: "SEV-1", Plan: p, Drill: drill}); err != nil {
		t.Fatal(err)
	}
	x.serve(b...)
	x.seat = feedtest.Enter(t, x.f, x.short)
	return x
}

func (x *room) serve(b ...bridge.Bridge) {
	x.run = bridge.Start(bridge.Options{Hub: hub{x.f}, Bridges: b, Now: time.Now, Base: 20 * time.Millisecond, Logf: func(s model.Safe) {
		select {
		case x.told <- s.String():
		default:
		}
	}})
	x.t.Cleanup(x.run.Close)
}

// say types a line as ana.
func (x *room) say(line string) {
	x.t.Helper()
	v := x.seat.Latest()
	a, err := model.Parse(line, model.Ctx{Room: v.Room, Who: x.seat.Who(), Now: time.Now(), Zone: time.UTC})
	if err != nil {
		x.t.Fatal(err)
	}
	if _, err := x.seat.Append(x.t.Context(), a); err != nil {
		x.t.Fatalf("%s: %v", line, err)
	}
}

func (x *room) until(what string, ok func(r *model.Room) bool) *model.Room {
	x.t.Helper()
	return feedtest.Until(x.t, x.seat, what, func(v *model.View) bool { return ok(v.Room) }).Room
}

// sent waits until so many duties with a beginning are sent.
func (x *room) sent(prefix string, n int) []model.Delivery {
	x.t.Helper()
	var out []model.Delivery
	x.until(prefix+" is sent", func(r *model.Room) bool {
		out = nil
		for _, d := range r.Deliveries {
			if strings.HasPrefix(d.Duty, prefix) && d.State == model.DeliverySent {
				out = append(out, d)
			}
		}
		return len(out) >= n
	})
	return out
}

func source(s string) *bridge.Source {
	return bridge.NewSource(func(context.Context) (model.Secret, error) { return model.NewSecret([]byte(s)), nil })
}

func plan() (*model.Plan, error) { return playbook.Load("", "security") }

func (x *workspace) bridge(o SlackConfig) *SlackBridge {
	o.Token, o.API, o.Plan, o.Now = source("xoxb-good"), x.URL, plan, time.Now
	if o.Channels == nil {
		o.Channels = map[string]string{"responders": "C1"}
	}
	return NewSlackBridge(o)
}

// TestUpdatesGoOut: one update to everybody reaches every place that is
// configured, once, and the room knows how.
func TestUpdatesGoOut(t *testing.T) {
	slack, post := newWorkspace(t), newPost(t, nil)
	jira, notion := newHouse(t, jiraHouse), newHouse(t, notionHouse)
	hooks := make(chan *http.Request, 20)
	siem := newHouse(t, func(_ *house, w http.ResponseWriter, r *http.Request, _ map[string]any) {
		hooks <- r
		w.WriteHeader(200)
	})
	mail, err := NewMailBridge(MailConfig{Server: post.addr, TLS: NoTLS, From: "w@acme.example", To: map[string][]string{"executives": {"ceo@acme.example", "cto@acme.example"}}, Now: time.Now})
	must(t, err)
	hook, err := NewWebhookBridge(WebhookConfig{Name: "siem", URL: siem.URL, Secret: source(longSecret), AllowPrivate: true, Now: time.Now})
	must(t, err)
	track, err := NewTrackerBridge(TrackerConfig{Name: "jira", Token: source("good"), Make: func(tok model.Secret) (Tracker, error) {
		return NewJira(JiraOptions{URL: jira.URL, Email: "bot@acme.example", Token: tok, Project: "OPS", Now: time.Now})
	}})
	must(t, err)
	pages, err := NewTrackerBridge(TrackerConfig{Name: "notion", Pages: true, Token: source("good"), Make: func(tok model.Secret) (Tracker, error) {
		return NewNotion(NotionOptions{Token: tok, Database: database, API: notion.URL, Now: time.Now})
	}})
	must(t, err)
	x := open(t, false, slack.bridge(SlackConfig{}), mail, hook, track, pages)
	x.say(":update the key is revoked | ending sessions")
	x.say(":update executives no customer is affected")
	x.say(":todo @bo due 2030-01-02 rotate every key")

	first := x.sent("slack/opening/", 1)[0]
	x.sent("slack/update/", 1)
	m := slack.messages()
	if len(m) != 2 || m[0]["thread_ts"] != "" || "C1/"+m[1]["thread_ts"] != first.Ref || !strings.Contains(m[1]["text"], "the key is revoked\nActions: ending sessions") {
		t.Errorf("Slack has %v, opening %+v", m, first)
	}
	if strings.Contains(m[0]["text"], "<!channel>") || !strings.Contains(m[0]["text"], "[SEV-1] inc-1: Key &lt;!channel&gt; in a log") {
		t.Errorf("the opening is %q", m[0]["text"])
	}
	x.sent("mail/update/", 2)
	x.sent("siem/update/", 2)
	if d := x.sent("jira/follow-up/", 1)[0]; d.Ref != "OPS-1" {
		t.Errorf("%+v", d)
	}
	x.sent("notion/follow-up/", 1)
	r := x.until("the page is there, and its link", func(r *model.Room) bool { return len(r.Links) > 0 })
	if l := r.Links[0]; l.System != "notion" || l.URL != "https://notion.example/p" {
		t.Errorf("%+v", l)
	}
	if want := []string{jira.URL + "/browse/OPS-1", "https://notion.example/p"}; !slices.Equal(sorted(r.Followups[0].Tickets), sorted(want)) {
		t.Errorf("the follow-up has %v", r.Followups[0].Tickets)
	}
	if r.Void+r.Bad > 0 {
		t.Errorf("%d refused, %d bad", r.Void, r.Bad)
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestDrillStaysInside: a drill sends nothing to anybody.
func TestDrillStaysInside(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, true, slack.bridge(SlackConfig{Announce: []string{"responders"}}))
	x.say(":update all is pretended")
	x.run.Settle(t.Context())
	if r := x.seat.Latest().Room; len(slack.messages()) > 0 || len(r.Deliveries) > 0 {
		t.Errorf("posted %v", slack.messages())
	}
}

// TestRestrictedStaysInside: of a room that only certain people may know of goes
// out what somebody sends, without its title.
func TestRestrictedStaysInside(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, false, slack.bridge(SlackConfig{}))
	x.say(":restrict @bo an insider")
	x.say(":update the door is locked")
	x.sent("slack/update/", 1)
	for _, m := range slack.messages() {
		if strings.Contains(m["text"], "Key") || strings.Contains(m["text"], "SEV-1") {
			t.Errorf("it says %q", m["text"])
		}
	}
	if b, err := NewTrackerBridge(TrackerConfig{Name: "jira", Pages: true, Make: func(model.Secret) (Tracker, error) { return nil, nil }}); err != nil || len(b.Duties(x.seat.Latest().Room)) > 0 {
		t.Errorf("%v", err)
	}
}

// TestCompromisedIsCut: nothing goes out, nothing comes in, and it goes on when
// the channel is trusted again.
func TestCompromisedIsCut(t *testing.T) {
	slack := newWorkspace(t)
	x := open(t, false, slack.bridge(SlackConfig{Signing: source("sign"), Announce: []string{"responders"}}))
	x.sent("slack/opening/", 1)
	x.say(":channel slack compromised they read along")
	x.say(":update this must not be read there")
	x.until("the update is cut", func(r *model.Room) bool {
		return slices.ContainsFunc(r.Deliveries, func(d model.Delivery) bool { return d.State == model.DeliveryCut })
	})
	if n := len(slack.messages()); n != 1 {
		t.Errorf("%d posted", n)
	}
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 more trouble", "t1"))); !strings.Contains(got, "Slack is not trusted at the moment") {
		t.Errorf("answered %s", got)
	}
	x.say(":channel slack suspected new tokens")
	x.sent("slack/update/", 1)
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 more trouble", "t2"))); !strings.Contains(got, "Declared inc-2 as SEV-1") {
		t.Errorf("answered %s", got)
	}
	list, err := x.f.List(t.Context())
	must(t, err)
	if i := slices.IndexFunc(list, func(i model.RoomInfo) bool { return i.Short == "inc-2" }); i < 0 || !strings.HasSuffix(list[i].Room.Levels[0].Reason, "slack is suspected in inc-1") {
		t.Errorf("%+v", list)
	}
	x.say(":restrict @bo it may be an insider")
	if got := x.ask(signed("sign", time.Now(), command("start SEV-1 and more", "t3"))); !strings.Contains(got, "Declared inc-3 as SEV-1") {
		t.Errorf("answered %s", got)
	}
	list, err = x.f.List(t.Context())
	must(t, err)
	if i := slices.IndexFunc(list, func(i model.RoomInfo) bool { return i.Short == "inc-3" }); i < 0 || !strings.HasSuffix(list[i].Room.Levels[0].Reason, "slack is suspected in a restricted room") {
		t.Errorf("%+v", list)
	}
}

// TestNewToken: a token that is not taken is read again, and the one that came
// meanwhile is used.
func TestNewToken(t *testing.T) {
	ws := newWorkspace(t)
	token := "xoxb-old"
	b := NewSlackBridge(SlackConfig{API: ws.URL, Channels: map[string]string{"responders": "C1"}, Now: time.Now,
		Token: bridge.NewSource(func(context.Context) (model.Secret, error) { return model.NewSecret([]byte(token)), nil })})
	if f := b.Check(t.Context()); len(f) != 1 || f[0].OK || !strings.Contains(f[0].What.String(), "does not take the token") {
		t.Errorf("%+v", f)
	}
	token = "xoxb-good"
	if f := b.Check(t.Context()); len(f) < 4 || !f[0].OK || f[0].What.String() != "slack: the token is that of warroom in Acme" || !strings.Contains(f[3].What.String(), "may not name who wrote") {
		t.Errorf("%+v", f)
	}
}

// TestRestrictedWebhook is case 34: the event of an update to a restricted room has
// neither its title nor its severity.
func TestRestrictedWebhook(t *testing.T) {
	var mu sync.Mutex
	var updates []string
	siem := newHouse(t, func(_ *house, w http.ResponseWriter, _ *http.Request, body map[string]any) {
		raw, err := json.Marshal(body)
		if err == nil && strings.Contains(string(raw), "update.sent") {
			mu.Lock()
			updates = append(updates, string(raw))
			mu.Unlock()
		}
		w.WriteHeader(200)
	})
	hook, err := NewWebhookBridge(WebhookConfig{Name: "siem", URL: siem.URL, Secret: source(longSecret), Events: []string{"update.sent"}, AllowPrivate: true, Now: time.Now})
	must(t, err)
	x := open(t, false, hook)
	x.say(":restrict @bo an insider")
	x.say(":update the door is locked")
	x.sent("siem/update/", 1)
	mu.Lock()
	defer mu.Unlock()
	if len(updates) != 1 || !strings.Contains(updates[0], "the door is locked") || strings.Contains(updates[0], "SEV-") || strings.Contains(updates[0], "Key") {
		t.Errorf("got %v, want one update without title and severity", updates)
	}
}
