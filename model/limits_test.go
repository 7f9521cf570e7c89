package model_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// x returns a text of n bytes.
func x(n int) string { return strings.Repeat("x", n) }

// alertOf returns a valid alert for a room, after change.
func alertOf(change func(*model.AlertReceived)) *model.AlertReceived {
	b := &model.AlertReceived{Alert: model.Alert{Source: "s", Kind: "secret", Rule: "r", Title: "t", Severity: "high"},
		Findings: 1, Keys: "QkJCQkJCQkI=", Sum: "x"}
	change(b)
	return b
}

// TestLimitsAreExact: a text at its limit is accepted, and one byte or character
// more is refused.
func TestLimitsAreExact(t *testing.T) {
	k := wordy(t)
	k.do("ana", model.Act{Body: &model.PageAsked{Purpose: "security"}})
	now := k.now
	for name, c := range map[string]struct {
		most int
		body func(n int) model.Body
	}{
		"key": {64, func(n int) model.Body {
			return &model.KeyAdmitted{Key: x(n), Handle: "zed", Right: model.Write, Origin: "test"}
		}},
		"handle": {32, func(n int) model.Body {
			return &model.KeyAdmitted{Key: "k", Handle: x(n), Right: model.Write, Origin: "test"}
		}},
		"entry": {model.MaxText, func(n int) model.Body { return model.NewEntry(model.KindEntryNoted, x(n)) }},
		"findings": {1 << 30, func(n int) model.Body {
			return alertOf(func(
				b *model.AlertReceived) {
				b.Findings = n
			})
		}},
		"rules": {12, func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) { b.Rules = make([]model.AlertRule, n) })
		}},
		"sum": {64, func(n int) model.Body { return alertOf(func(b *model.AlertReceived) { b.Sum = x(n) }) }},
		"group key": {64, func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) {
				b.Alert.GroupKey = x(
					n)
			})
		}},
		"finding key": {64, func(n int) model.Body {
			return alertOf(func(
				b *model.AlertReceived) {
				b.Alert.FindingKey = x(n)
			})
		}},
		"format": {64, func(n int) model.Body { return alertOf(func(b *model.AlertReceived) { b.Format = x(n) }) }},
		"secret": {64, func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) {
				b.Alert.Secret = x(
					n)
			})
		}},
		"origin": {64, func(n int) model.Body { return alertOf(func(b *model.AlertReceived) { b.Origin = x(n) }) }},
		"judged": {model.MaxText, func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) {
				b.Judged = &model.AlertVerdict{Verdict: "benign", Why: x(n), By: "ana"}
			})
		}},
		"keys": {1500, func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) { b.Findings, b.Keys = n, keysOf(n) })
		}},
		"received": {int(model.Skew / time.Millisecond), func(n int) model.Body {
			return alertOf(func(b *model.AlertReceived) {
				at := now.Add(time.Duration(n) * time.Millisecond)
				b.Received = &at
			})
		}},
		"attempt": {1 << 20, func(n int) model.Body {
			return &model.DeliveryRecorded{Bridge: "mail", Duty: "d", State: model.DeliverySent, Attempt: n}
		}},
		"duty": {200, func(n int) model.Body {
			return &model.DeliveryRecorded{Bridge: "mail", Duty: x(n), State: model.DeliverySent}
		}},
		"what": {600 - 20, func(n int) model.Body {
			return &model.DeliveryRecorded{Bridge: "mail", Duty: "d", State: model.DeliverySent, What: x(n), Ref: x(10),
				Detail: x(10)}
		}},
		"detail": {600 - 20, func(n int) model.Body {
			return &model.DeliveryRecorded{Bridge: "mail", Duty: "d", State: model.DeliverySent, Detail: x(n),
				Ref:  x(10),
				What: x(10)}
		}},
		"delivery's link": {600, func(n int) model.Body {
			const web = "https://"
			return &model.DeliveryRecorded{Bridge: "mail", Duty: "d", State: model.DeliverySent,
				Link: web + x(max(n-len(web), 1))}
		}},
		"bridge of a page": {32, func(n int) model.Body {
			return &model.PageAnswered{Purpose: "security", Bridge: x(n), State: model.PageRinging}
		}},
		"who of a page": {600 - 20, func(n int) model.Body {
			return &model.PageAnswered{Purpose: "security", State: model.PageAcknowledged, Who: x(n), Ref: x(10),
				Source: x(10)}
		}},
		"source of a page": {600 - 20, func(n int) model.Body {
			return &model.PageAnswered{Purpose: "security", State: model.PageAcknowledged, Source: x(n), Ref: x(10),
				Who: x(10)}
		}},
		"title":  {model.MaxTitle, func(n int) model.Body { return &model.IncidentRenamed{Title: x(n)} }},
		"notice": {200, func(n int) model.Body { return &model.NoticeGiven{Audience: "legal", Who: x(n)} }},
		"way": {model.MaxText,
			func(n int) model.Body { return &model.NoticeGiven{Audience: "legal", Who: "w", Means: x(n)} }},
		"poll": {24 * 60, func(n int) model.Body {
			return &model.PollOpened{Text: "x", For: model.Duration(n) * model.Duration(time.Minute)}
		}},
		"snooze": {24 * 60, func(n int) model.Body {
			return &model.ClockSnoozedBody{Clock: "update", For: model.Duration(n) * model.Duration(time.Minute),
				Reason: "x"}
		}},
		"due": {366 * 24 * 60, func(n int) model.Body {
			return &model.ItemDue{Item: "rotate", Due: now.Add(time.Duration(n) * time.Minute), Reason: "x"}
		}},
		"people of a restricted room": {model.MaxNamed - 1, func(n int) model.Body {
			b := &model.RoomRestricted{Mode: model.RestrictTo, Reason: "x"}
			for i := range n {
				b.Handles = append(b.Handles, "p"+strings.Repeat("y", i%20)+string(rune('a'+i/20)))
			}
			return b
		}},
		"related room": {64, func(n int) model.Body {
			return &model.IncidentLinked{Relation: model.RelationLinked, Room: x(n), RoomID: "i", Reason: "x"}
		}},
		"id of a related room": {64, func(n int) model.Body {
			return &model.IncidentLinked{Relation: model.RelationLinked, Room: "inc-2", RoomID: x(n), Reason: "x"}
		}},
	} {
		for n, want := range map[int]bool{1: true, c.most: true, c.most + 1: false} {
			err := model.Decide(k.room, k.ctx("ana").Who, model.Act{Body: c.body(n)}, k.now)
			if (err == nil) != want {
				t.Errorf("%s of %d: got %v, want it taken: %t", name, n, err, want)
			}
		}
	}
}

// keysOf returns the keys of n findings.
func keysOf(n int) string {
	var b bytes.Buffer
	for i := range n {
		_ = binary.Write(&b, binary.BigEndian, uint64(i+1)<<20)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// TestCountsAreExact: a room accepts the maximum number of each, and no more.
func TestCountsAreExact(t *testing.T) {
	for name, c := range map[string]struct {
		most int
		body func(i int) model.Body
	}{
		"alerts": {500 - 1, func(i int) model.Body {
			return alertOf(func(b *model.AlertReceived) {
				b.Keys = base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(i+1)<<20))
			})
		}},
		"polls": {500 - 1, func(int) model.Body {
			return &model.PollOpened{Text: "x", For: model.Duration(time.Minute)}
		}},
		"related rooms": {200, func(i int) model.Body {
			return &model.IncidentLinked{Relation: model.RelationLinked, Room: "inc-" + time.Duration(i).String(),
				RoomID: "r" + time.Duration(i).String(), Reason: "x"}
		}},
	} {
		k := wordy(t)
		for i := range c.most + 1 {
			a := model.Act{Body: c.body(i)}
			err := model.Decide(k.room, k.ctx("ana").Who, a, k.now)
			if want := i < c.most; (err == nil) != want {
				t.Errorf("%s: number %d: got %v, want it taken: %t", name, i+1, err, want)
				break
			}
			if err == nil {
				k.do("ana", a)
			}
		}
	}
}
