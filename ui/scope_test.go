package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

// scopeScenes returns the screens about the attack.
func scopeScenes() []scene {
	wall := func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }
	return []scene{
		{name: "lane-attacker", w: 100, h: 24, play: attacked, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Key(tcell.KeyTab).See("lanes").Type("l").See("what the attacker did")
		}},
		{name: "lane-us-by-time", w: 100, h: 30, play: attacked,
			do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
				s.See("runner isolated").Key(tcell.KeyTab).See("order").Type("ol").Type("l").See("what we did")
			}},
		{name: "by-time", w: 100, h: 30, play: attacked, do: func(t *testing.T, h *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Key(tcell.KeyTab).See("order").Type("o").See("when it happened")
			mustType(t, h, "inc-1", "bo :adv @13:58 came back", "bo now")
			s.See("came back")
		}},
		{name: "scope", w: 80, h: 30, play: attacked, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Key(tcell.KeyF10).See("Assets")
		}},
		{name: "scope-empty", w: 80, h: 24, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Key(tcell.KeyF10).See("None yet")
		}},
		{name: "scope-wall", w: 120, h: 30, with: wall, play: attacked, do: see("SCOPE")},
		{name: "scope-complete", w: 80, h: 24, play: attacked, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("1  credential").Type(":asset credential ").See("deploy-key")
		}},
	}
}

// attacked fills a room with a partly known attack.
func attacked(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "bo :asset credential AKIAIOSFODNN7EXAMPLE confirmed @13:52 fetched from outside",
		"bo :asset credential deploy-key suspected",
		"cy :asset host runner-7 confirmed", "ana :asset 1 contained revoked at the provider",
		"bo :ioc ip 203.0.113.9 @13:52 in the access log", "bo :ioc url https://evil.example/drop",
		"ana :ioc block 1 at the WAF",
		"bo :adv @13:51 logged in from 203.0.113.9", "bo :adv @13:56 read the bucket",
		"cy :impact start 3 @13:57 builds stop")
}
