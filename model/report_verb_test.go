package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestReports: a report that a person types is an alert, in a room and in the lobby.
// Reports by customers are counted, even two with the same words.
func TestReports(t *testing.T) {
	for name, k := range map[string]*testRoom{"room": alertRoom(t), "lobby": lobby(t)} {
		k.mustType("ana", ":alert soc beacon to 203.0.113.9 from web-3", ":alert customer I see orders of other "+
			"people",
			":alert customer: I see orders of other people")
		if n := len(k.room.Alerts); n != 3 {
			t.Fatalf("%s: got %d alerts, want 3", name, n)
		}
		a := k.room.Alerts[0].Alert
		if a.Source != "soc" || a.Kind != "report" || a.Title != "beacon to 203.0.113.9 from web-3" {
			t.Errorf("%s: got %+v, want a report of the soc", name, a)
		}
		if n := k.room.CustomerReports(); n != 2 || !strings.Contains(k.last(), "customer report 2") {
			t.Errorf("%s: got %d reports of customers and %q, want 2 and the number in the line", name, n, k.last())
		}
		k.refused("ana", ":alert",
			"name the reporter and write the report: :alert soc TEXT; the reporters are soc, vendor, customer, "+
				"user, partner, researcher")
		k.refused("ana", ":alert bank x",
			`"bank" is not a reporter; the reporters are soc, vendor, customer, user, partner, researcher`)
		k.refused("ana", ":alert soc", "write the report: :alert soc TEXT")
	}
}

// TestBulk: a line about several alerts stands for one line per alert.
func TestBulk(t *testing.T) {
	k := lobby(t)
	k.take(finding(1, "a", "high"), finding(2, "b", "low"), finding(3, "c", "low"), finding(4, "d", "low"))
	for line, want := range map[string]string{
		":judge 1,3-4 fp test keys": ":judge 1 fp test keys|:judge 3 fp test keys|:judge 4 fp test keys",
		":close 2-9 done":           ":close 2 done|:close 3 done|:close 4 done",
		":judge 1 fp x":             "", "a note 1,2": "", ":declare 1,2 SEV-1": "",
	} {
		got, err := model.Bulk(k.room, line)
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: got %q, %v; want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		":judge 1,9 fp x": "there is no alert 9; there are 4, up to 4",
		":judge 4-1 fp x": `"4-1" is not a list of alerts; write their numbers, as in 1,4-9`,
		":judge 7-9 fp x": "there are no such alerts; there are 4, up to 4",
	} {
		if _, err := model.Bulk(k.room, line); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", line, err, want)
		}
	}
}

// TestSimilarRooms: the open rooms that resemble an alert, the most similar first.
func TestSimilarRooms(t *testing.T) {
	about := model.Alert{Kind: "secret", Rule: "github-pat", Title: "GitHub token in payments", Secret: "5ec",
		Asset: model.AlertAsset{Type: "file", ID: "ci.sh"}}
	with := func(title string, status model.Status, a model.Alert) *model.Room {
		return &model.Room{Title: title, Status: status, Alerts: []model.RoomAlert{{Alert: a}}}
	}
	rooms := []model.RoomInfo{
		{Short: "inc-1", Room: with("Phishing", model.Open, model.Alert{Rule: "x"})},
		{Short: "inc-2",
			Room: with("Something", model.Open, model.Alert{Asset: model.AlertAsset{Type: "file", ID: "ci.sh"}})},
		{Short: "inc-3", Room: with("Leak", model.Open, model.Alert{Secret: "5ec"})},
		{Short: "inc-4", Room: with("Leak", model.Closed, model.Alert{Secret: "5ec"})},
		{Short: "inc-5", Room: with("GitHub token leaked", model.Open, model.Alert{})},
		{Short: "inc-6", Room: with("Leak", model.Open, model.Alert{Secret: "5ec"}), Restricted: true},
	}
	var got []string
	for _, s := range model.SimilarRooms(&about, rooms) {
		got = append(got, s.Short)
	}
	if want := "inc-3 inc-2 inc-5"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
	for title, want := range map[string]string{
		"Leak":                           "inc-3", // half the words of the shorter title
		"GitHub token in the CI log":     "inc-5",
		"  phishing ":                    "inc-1",
		"Something else about a token":   "inc-2",
		"A laptop was stolen on a train": "",
	} {
		var got []string
		for _, s := range model.SimilarTitles(title, rooms) {
			got = append(got, s.Short)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("rooms with a title like %q: got %s, want %s", title, got, want)
		}
	}
	if s := model.SimilarLine(&model.RoomAlert{N: 7}, nil); !s.IsEmpty() {
		t.Errorf("no rooms: got %q, want nothing", s)
	}
}
