package feed_test

import (
	"fmt"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// exportsIn returns the entries about exports of a room, in the order of its log.
func exportsIn(t *testing.T, f *feed.Feed, short string) (out []string) {
	t.Helper()
	must(t, f.Events(soon(t), short, 1, func(e *model.Event) error {
		if b, err := e.DecodeBody(); err == nil && e.Kind == model.KindExportMade {
			x := b.(*model.ExportMade)
			out = append(out, fmt.Sprintf("%s by %s: %s for %s, %s, %s", e.By, x.Person, x.What, x.Profile, x.Form,
				x.Note))
		}
		return nil
	}))
	return out
}

// TestHubRecordsExportsOfWatchers: the hub records an export by somebody who may only watch,
// once an hour for each kind and profile, and takes no text from them.
func TestHubRecordsExportsOfWatchers(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	wim := x.comes("wim", model.Watch)
	rep := func(profile string) *model.ExportMade {
		return &model.ExportMade{What: "report", Profile: profile, Form: "md", Note: "a text of wim's"}
	}
	for range 3 {
		must(t, wim.RecordExport(soon(t), short, rep("regulator"), 0))
	}
	must(t, wim.RecordExport(soon(t), short, rep("customer"), 0))
	must(t, wim.RecordExport(soon(t), short, &model.ExportMade{What: "record", Profile: "internal", Form: "zip"}, 1))
	for _, b := range []*model.ExportMade{rep("my own words"), {What: "x", Profile: "customer", Form: "md"},
		{What: "report", Profile: "customer", Form: "words"}} {
		if err := wim.RecordExport(soon(t), short, b, 0); err == nil {
			t.Errorf("%+v: got it recorded, want it refused", b)
		}
	}
	if err := wim.RecordExport(soon(t), "inc-99", rep("customer"), 0); err == nil {
		t.Error("another room: got it recorded, want it refused")
	}
	want := []string{"hub by wim: report for regulator, md, ", "hub by wim: report for customer, md, ",
		"hub by wim: record for internal, zip, entry 1 alone"}
	if got := exportsIn(t, x.host, short); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got the entries\n %q\nwant\n %q", got, want)
	}
}

// TestGuestsExportIsRecorded: the same for a guest of the process, as over SSH.
func TestGuestsExportIsRecorded(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	g, err := x.host.Guest(soon(t), feed.Guest{Handle: "wim", Via: "ssh", Dir: "ssh/wim", Right: model.Watch,
		Origin: "ssh SHA256:x"})
	must(t, err)
	defer g.Close()
	must(t, g.RecordExport(soon(t), short, &model.ExportMade{What: "report", Profile: "customer", Form: "md"}, 0))
	want := []string{"hub by wim: report for customer, md, "}
	if got := exportsIn(t, x.host, short); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got the entries %q, want %q", got, want)
	}
}

// TestSingleEntriesHideNoExport: the entry about a single entry that a person exported does not
// stand for the whole record, nor for other entries. Many of them do not fill the log.
func TestSingleEntriesHideNoExport(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	nc := rawLogin(t, x.file(feed.Invite{Handle: "wim", Right: model.Watch}), "wim")
	ask := func(entry int) {
		t.Helper()
		_, err := nc.Request(hubapi.Ask(hubapi.VerbExport, "wim"),
			fmt.Appendf(nil, `{"room":%q,"what":"record","profile":"internal","form":"zip","entry":%d}`, short, entry),
			feedtest.DefaultTimeout)
		must(t, err)
	}
	one := func(note string) string { return "hub by wim: record for internal, zip, " + note }
	want := []string{one("entry 1 alone"), one("entry 2 alone"), one("")}
	for _, entry := range []int{1, 1, 2, 0, 0, 3} {
		ask(entry)
	}
	if got := exportsIn(t, x.host, short); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got the entries %q, want %q", got, want)
	}
	other := feedtest.Declare(t, x.host)
	short = other
	for entry := range 50 {
		ask(entry + 1)
	}
	if got := exportsIn(t, x.host, short); len(got) != 11 || got[10] != one("further entries, each alone") {
		t.Errorf("50 single entries: got %d entries %q, want 11, the last about all further ones", len(got), got)
	}
}

// TestExportsFloodNoLog: many requests of a login make one entry, which has nothing else of them.
func TestExportsFloodNoLog(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	nc := rawLogin(t, x.file(feed.Invite{Handle: "wim", Right: model.Watch}), "wim")
	ask := fmt.Sprintf(`{"room":%q,"what":"report","profile":"customer","form":"md","note":"x","person":"bo"}`, short)
	for range 100 {
		_, err := nc.Request(hubapi.Ask(hubapi.VerbExport, "wim"), []byte(ask), feedtest.DefaultTimeout)
		must(t, err)
	}
	want := []string{"hub by wim: report for customer, md, "}
	if got := exportsIn(t, x.host, short); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got the entries %q, want %q", got, want)
	}
}
