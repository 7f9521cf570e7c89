package ui_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// claim returns an alert in the form that the hub stores.
func claim(rule, title, severity, kind string, findings int) *model.AlertReceived {
	var g model.AlertGroups
	for i := range findings {
		h := sha256.Sum256(fmt.Appendf(nil, "%s %d", rule, i))
		g.Add(&model.Alert{Source: "gitleaks", Kind: kind, Rule: rule, Title: title, Severity: severity,
			SeverityRaw: severity, Confidence: "unverified", Count: 1,
			Location: model.AlertLocation{URI: "deploy/ci.sh", Line: i + 4}, FindingKey: hex.EncodeToString(h[:16]),
			GroupKey: rule})
	}
	b, _ := g.Bodies(model.NewRoom(), "gitleaks-json", "sum")
	return b[0]
}

// full returns a hub with alerts in its lobby and a room.
func full(tb testing.TB) *uitest.Hub {
	h, _ := busy(tb)
	h.OpenLobby(claim("aws-access-token", "AWS key", "high", "secret", 3))
	h.Clock.Add(4 * time.Minute)
	h.OpenLobby(claim("jwt", "a session in a log", "low", "secret", 1),
		claim("Shell [red]in[-] a container\x1b[31m", "shell", "critical", "threat", 1))
	h.Clock.Add(8*time.Minute + 4*time.Second)
	return h
}

// TestLobby: the list shows how many alerts wait and for how long, a key opens them, and
// keys begin the commands for one.
func TestLobby(t *testing.T) {
	h := full(t)
	mustDeclare(t, h, "Another one")
	s := uitest.Open(t, h, "bo", 80, 24)
	golden(t, "rooms-lobby.80x24",
		s.See("Lobby: 3 alerts to triage, oldest waiting 12:04 (limit 15:00)").See("F9 lobby").Text())
	goldenAtSizes(t, s.Key(tcell.KeyF9).See("2:56").See("suggests SEV-1 (critical)"), "lobby", "to triage")
	s.Key(tcell.KeyDown).See("treated as high")
	s.Type("c").See(":close 1").See("alert 1 has not been judged yet").Key(tcell.KeyCtrlU)
	s.Key(tcell.KeyF3).Type("d").See(":declare 3 SEV-1").See("declare a room for an alert").Key(tcell.KeyCtrlU)
	s.Key(
		tcell.KeyF9).Key(
		tcell.KeyDown).Key(
		tcell.KeyEnter).See(
		":judge 1").Type("fp a key of the documentation").Key(tcell.KeyEnter).See("judged  1  false positive")
	s.See("Lobby: 2 alerts to triage, oldest waiting 08:04 (limit 15:00)")
	s.Type(":sev SEV-1").See("the lobby is not an incident").Key(tcell.KeyCtrlU)
	h.Clock.Add(8 * time.Minute)
	s.See("OVERDUE 01:04")
	s.Key(
		tcell.KeyF9).See(
		"Done").Key(tcell.KeyEsc).Type(":rooms").Key(tcell.KeyEnter).See("OVERDUE by 01:0")
}

// TestManyAlertsAtOnce: alerts are marked with one key each, and a command applies to all
// of them, each with its own line.
func TestManyAlertsAtOnce(t *testing.T) {
	h := full(t)
	s := uitest.Open(t, h, "bo", 120, 30, func(o *ui.Options) { o.Room = model.LobbyShort })
	s.See("2:56").Type("*").See("*  ").Type("x").Key(tcell.KeyEnter).See(":judge 1-2")
	s.Type("fp keys of the documentation").See("2 alerts, one entry each")
	s.Key(tcell.KeyEnter).See("judged     1  false positive").See("judged     2  false positive")
	s.See("Lobby: 1 alert to triage")
	s.Type(":judge 1,9 fp x").See("there is no alert 9").Key(tcell.KeyCtrlU)
}

// TestAReportFromTheComposer: a report of the SOC or a customer is an alert.
func TestAReportFromTheComposer(t *testing.T) {
	h := full(t)
	s := uitest.Open(t, h, "bo", 120, 30, func(o *ui.Options) { o.Room = model.LobbyShort })
	s.See(
		"2:56").Key(
		tcell.KeyEsc).See("bo >").Type(":alert customer orders of another person are shown").Key(tcell.KeyEnter)
	s.See("4  unknown  customer: customer report, orders of another person are shown")
	s.Type(":alert nobody x").See("is not a reporter").Key(tcell.KeyCtrlU)
}

// TestLobbyWide shows the lobby behind its page.
func TestLobbyWide(t *testing.T) {
	h := full(t)
	s := uitest.Open(t, h, "bo", 120, 30, func(o *ui.Options) { o.Room = model.LobbyShort })
	s.See("2:56").Key(tcell.KeyEsc)
	golden(t, "lobby.120x30", s.See("bo >").Text())
}

// TestIngestLine: a file is read in a job, with a summary. A guest is shown what to do
// instead.
func TestIngestLine(t *testing.T) {
	h, short := busy(t)
	held := make(chan struct{})
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) {
		o.Room = short
		o.Ingest = func(_ context.Context, _ model.RoomSession, file string, p *model.Progress) (model.Safe, error) {
			if file == "none" {
				return model.Safe{}, model.Refuse(model.Invalid, "none cannot be read: it is not there")
			}
			p.Begin(200 << 20)
			_, _ = p.Write(make([]byte, 50<<20))
			<-held
			return model.Lit("gitleaks-json: 3 findings, 3 of them new, as 2 alerts"), nil
		}
	})
	s.See("bo >").Type(":ingest none").See("add the alerts").Key(tcell.KeyEnter).See("none cannot be read: it is " +
		"not there")
	s.Type(":ingest").Key(tcell.KeyEnter).See("name the file: :ingest FILE")
	s.Type(
		":ingest big.json").Key(
		tcell.KeyEnter).See(
		"[#####...............] 25% of 200 MB").Type(
		"typed meanwhile").Key(tcell.KeyEnter).See("bo       typed meanwhile")
	close(held)
	s.See("3 findings, 3 of them new, as 2 alerts")
	mustType(t, h, short, "ana a line")
	g := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = short })
	g.See("a line").Type(":ingest x").Key(tcell.KeyEnter).See("ssh HOST ingest - --room inc-1 < FILE")
}
