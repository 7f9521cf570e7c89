package bundle_test

import (
	"fmt"
	"strings"

	"warroom/model"
)

// kindRow adds an event of one kind to the log of every kind: as a line of the composer, or
// as a body if nobody types it. Rows without a kind prepare others. In a line, {n} is the
// sequence of the event n rows before.
type kindRow struct {
	kind model.Kind
	may  string
	who  string
	line string
	body func(k *kindLog) model.Body
	hub  bool // the hub's own key may write it too
}

// kindRows has every kind but those of the lobby, see lobbyRows. A kind without a row fails
// [TestEveryKindIsLikeEveryOther].
var kindRows = []kindRow{
	{kind: "key.admitted", may: byCommand, who: "hub", hub: true, body: admitsAs("bo", model.Write)},
	{who: "hub", body: admitsAs("cy", model.Write)},
	{who: "hub", body: admitsAs("fay", model.Write)},
	{who: "hub", body: admitsAs("eve", model.Watch)},
	{kind: "right.changed", may: byCommand, who: "ana", line: ":right @cy command", hub: true},
	{kind: "severity.changed", may: byCommand, who: "ana", line: ":sev SEV-1 data-breach Zebra"},
	{kind: "kind.changed", may: byCommand, who: "ana", line: ":kind credential_leak"},
	{kind: "incident.renamed", may: byCommand, who: "ana", line: ":rename Zebra key in a log"},
	{kind: "phase.entered", may: byCommand, who: "ana", line: ":phase +containment"},
	{kind: "phase.left", may: byCommand, who: "ana", line: ":phase leave triage"},
	{kind: "entry.noted", may: byWriter, who: "bo", line: "Zebra in job 8841"},
	{kind: "entry.amended", may: byWriter, who: "bo", line: ":amend {1} Zebra in job 8842"},
	{kind: "entry.pinned", may: byCommand, who: "ana", line: ":pin {2}"},
	{kind: "entry.retracted", may: byWriter, who: "bo", line: ":retract {3} Zebra was wrong"},
	{kind: "decision.made", may: byWriter, who: "bo", line: "!Zebra is rotated"},
	{kind: "action.taken", may: byWriter, who: "bo", line: ":action Zebra isolated"},
	{kind: "finding.recorded", may: byWriter, who: "bo", line: ":finding Zebra was public"},
	{kind: "evidence.noted", may: byWriter, who: "bo", line: ":evidence Zebra lies in the safe"},
	{kind: "communication.noted", may: byWriter, who: "bo", line: ":comms Zebra told support"},
	{kind: "adversary.observed", may: byWriter, who: "bo", line: ":adv Zebra logged in"},
	{kind: "hypothesis.opened", may: byWriter, who: "bo", line: "?Zebra took the runner"},
	{kind: "hypothesis.supported", may: byWriter, who: "bo", line: "?{1} supported Zebra in its log"},
	{kind: "hypothesis.eliminated", may: byWriter, who: "bo", line: "?{2} eliminated Zebra was asleep"},
	{kind: "asset.added", may: byWriter, who: "bo", line: ":asset host Zebra-7 suspected Zebra"},
	{kind: "time.corrected", may: byWriter, who: "bo", line: ":time {1} -1s Zebra by the log"},
	{kind: "asset.state", may: byWriter, who: "bo", line: ":asset 1 confirmed Zebra in its log"},
	{kind: "ioc.added", may: byWriter, who: "bo", line: ":ioc account Zebra-user Zebra in the log"},
	{kind: "ioc.blocked", may: byWriter, who: "bo", line: ":ioc block 1 Zebra at the gateway"},
	{kind: "impact.started", may: byWriter, who: "bo", line: ":impact start 1 Zebra is slow"},
	{kind: "impact.ended", may: byWriter, who: "bo", line: ":impact end 1 Zebra is back"},
	{kind: "item.added", may: byWriter, who: "bo", line: ":item containment Zebra key as well"},
	{kind: "item.assigned", may: byWriter, who: "bo", line: ":assign 4 @cy"},
	{kind: "item.due", may: byWriter, who: "bo", line: ":due 4 30m Zebra waits"},
	{kind: "item.started", may: byWriter, who: "cy", line: ":start 4 Zebra first"},
	{kind: "item.blocked", may: byWriter, who: "cy", line: ":block 4 Zebra sleeps"},
	{kind: "item.skipped", may: byWriter, who: "cy", line: ":skip 4 Zebra is not here"},
	{kind: "item.reopened", may: byWriter, who: "cy", line: ":uncheck 4 Zebra is here"},
	{kind: "item.done", may: byWriter, who: "ana", line: ":check 1 Zebra is real"},
	{kind: "item.excepted", may: byWriter, who: "ana", body: excepts},
	{who: "ana", line: ":check 2 override Zebra is asleep"},
	{kind: "override.withdrawn", may: byWriter, who: "ana", line: ":withdraw 2 Zebra woke up"},
	{who: "ana", line: ":check 2 override Zebra is asleep again"},
	{kind: "gate.overridden", may: byWriter, who: "cy", body: confirms},
	{kind: "ask.made", may: byWriter, who: "bo", line: ":ask @cy 3m is Zebra dead?"},
	{kind: "ask.acked", may: byWriter, who: "cy", line: ":ack Zebra on it"},
	{kind: "ask.answered", may: byWriter, who: "cy", line: ":answer yes, Zebra is"},
	{kind: "poll.opened", may: byWriter, who: "bo", line: ":poll pay Zebra 10m"},
	{kind: "poll.objected", may: byWriter, who: "cy", line: ":object 1 Zebra lies"},
	{kind: "poll.closed", may: byCommand, who: "ana", line: ":poll 1 dropped Zebra is insured"},
	{kind: "exposure.assessed", may: byCommand, who: "ana", line: ":exposure suspected ~1200 gdpr Zebra names"},
	{kind: "clock.met", may: byCommand, who: "ana", line: ":clock met legal Zebra called"},
	{kind: "clock.waived", may: byCommand, who: "ana", line: ":clock waive kvkk Zebra is not in Turkey"},
	{kind: "clock.armed", may: byCommand, who: "ana", line: ":clock arm kvkk Zebra moved there"},
	{kind: "clock.retimed", may: byCommand, who: "ana", line: ":clock move gdpr -30s Zebra knew before"},
	{kind: "clock.snoozed", may: byCommand, who: "ana", line: ":snooze update 10m Zebra calls"},
	{kind: "clock.paced", may: byCommand, who: "ana", line: ":cadence update 30m Zebra is calm"},
	{kind: "update.sent", may: byCommand, who: "ana", line: ":update responders Zebra revoked | Zebra | Zebra"},
	{kind: "role.assumed", may: byCommand, who: "ana", line: ":role ic @ana"},
	{who: "ana", line: ":role comms @bo"},
	{kind: "update.drafted", may: byCommand, who: "bo", line: ":update customers Zebra | Zebra | Zebra"},
	{kind: "update.withdrawn", may: byWriter, who: "bo", line: ":withdraw draft 1 Zebra reads badly"},
	{who: "bo", line: ":update customers Zebra | Zebra | Zebra"},
	{kind: "update.approved", may: byCommand, who: "ana", line: ":approve 2 Zebra reads well"},
	{kind: "notice.given", may: byCommand, who: "ana", line: ":notify executives Zebra, by phone"},
	{kind: "notice.retracted", may: byCommand, who: "ana", line: ":retract {1} Zebra did not answer"},
	{kind: "handoff.offered", may: byWriter, who: "bo", line: ":handoff comms @cy Zebra goes home"},
	{kind: "handoff.declined", may: byWriter, who: "cy", line: ":decline comms Zebra calls"},
	{who: "bo", line: ":handoff comms @cy Zebra really goes home"},
	{kind: "handoff.withdrawn", may: byWriter, who: "bo", line: ":withdraw comms"},
	{who: "bo", line: ":handoff comms @cy Zebra left"},
	{kind: "handoff.accepted", may: byWriter, who: "cy", line: ":accept comms"},
	{kind: "role.renounced", may: byWriter, who: "cy", line: ":renounce comms"},
	{who: "bo", line: ":role security-lead @bo"},
	{kind: "role.confirmed", may: byCommand, who: "ana", line: ":confirm security-lead @bo"},
	{who: "ana", line: ":role scribe @ana"},
	{kind: "role.combined", may: byWriter, who: "ana", line: ":dual Zebra is alone at night"},
	{kind: "page.asked", may: byWriter, who: "bo", line: ":page security Zebra is live"},
	{kind: "page.answered", may: byWriter, who: "bo", line: ":paged security acknowledged @cy", hub: true},
	{kind: "delivery.recorded", may: byHub, who: "hub", hub: true, body: delivers},
	{kind: "followup.added", may: byWriter, who: "bo", line: "TODO: Zebra keys monthly"},
	{kind: "followup.done", may: byWriter, who: "bo", line: ":todo done 1 Zebra did"},
	{who: "bo", line: "TODO: Zebra typo"},
	{kind: "followup.dropped", may: byWriter, who: "bo", line: ":drop 2 Zebra mistyped"},
	{kind: "incident.linked", may: byWriter, who: "bo", line: ":link notion https://notion.example/x Zebra"},
	{who: "bo", body: func(*kindLog) model.Body { return linked() }},
	{kind: "incident.unlinked", may: byWriter, who: "bo", body: func(*kindLog) model.Body {
		b := linked()
		return &model.IncidentUnlinked{Relation: b.Relation, Room: b.Room, RoomID: b.RoomID,
			Reason: marker + " it was not"}
	}},
	{kind: "channel.judged", may: byCommand, who: "ana", line: ":channel slack suspected Zebra reads it"},
	{kind: "evidence.started", may: byWriter, who: "bo", body: func(*kindLog) model.Body {
		return &model.EvidenceStarted{EvidenceAbout: about}
	}},
	{kind: "evidence.collected", may: byWriter, who: "bo", body: func(*kindLog) model.Body {
		return &model.EvidenceCollected{EvidenceAbout: about, SHA256: strings.Repeat("ab", 32), Size: 5}
	}},
	{kind: "evidence.custody", may: byWriter, who: "bo", line: ":custody E1 transfer @cy Zebra has the safe"},
	{kind: "alert.received", may: byWriter, who: "bo", hub: true, body: received},
	{kind: "alert.updated", may: byWriter, who: "bo", hub: true, body: updated},
	{kind: "alert.judged", may: byWriter, who: "bo", line: ":judge 1 no-impact Zebra was dead"},
	{kind: "condition.answered", may: byWriter, who: "bo", body: answers},
	{kind: "milestone.set", may: byCommand, who: "ana", line: ":milestone contained Zebra is out"},
	{kind: "review.written", may: byWriter, who: "bo", line: ":review cause Zebra in a log"},
	{kind: "export.made", may: byWriter, who: "bo", body: func(*kindLog) model.Body {
		return &model.ExportMade{What: "report", Profile: "leadership", Form: "md", Note: "to " + marker}
	}},
	{kind: "room.restricted", may: byCommand, who: "ana", line: ":restrict @ana @bo @cy @fay @eve Zebra is an insider"},
	{kind: "incident.drill", may: byCommand, who: "ana", line: ":drill on Zebra is an exercise"},
	{kind: "point.answered", may: byCommand, who: "ana", line: ":resolve answer resolution Zebra is on leave"},
	{kind: "incident.resolved", may: byCommand, who: "ana", line: ":resolve override Zebra is dead"},
	{kind: "incident.reopened", may: byCommand, who: "ana", line: ":reopen Zebra is back"},
	{kind: "key.struck", may: byCommand, who: "ana", line: ":strike @cy Zebra stole a laptop", hub: true},
	{who: "ana", line: ":resolve override Zebra is dead again"},
	{kind: "incident.closed", may: byCommand, who: "ana", line: ":close override Zebra is over"},
	{kind: "log.resumed", may: byCommand, who: "ana", body: func(*kindLog) model.Body {
		return &model.LogResumed{Found: "a store that ended early", Size: 3, Root: strings.Repeat("ab", 32), LastSeq: 3,
			HubKey: strings.Repeat("c", 43)}
	}},
}

// lobbyRows are the kinds that only the lobby has.
var lobbyRows = []kindRow{
	{who: "hub", body: admitsAs("bo", model.Write)},
	{who: "hub", body: admitsAs("fay", model.Write)},
	{who: "hub", body: admitsAs("eve", model.Watch)},
	{who: "hub", body: received},
	{who: "bo", line: ":judge 1 no-impact Zebra was dead"},
	{kind: "alert.closed", may: byWriter, who: "bo", line: ":close 1 Zebra was rotated"},
	{who: "hub", body: receivedToo},
	{kind: "alert.moved", may: byWriter, who: "bo", body: func(k *kindLog) model.Body {
		return &model.AlertMoved{Alert: k.r.Alerts[len(k.r.Alerts)-1].ID, Room: "inc-7", RoomID: ulid}
	}},
}

var about = model.EvidenceAbout{Blob: strings.Repeat("B", 26), Name: "Zebra.log", Class: "log", Host: "Zebra-7",
	Source: "/tmp/Zebra", Command: "cat Zebra", Note: "Zebra"}

func admitsAs(who string, right model.Right) func(*kindLog) model.Body {
	return func(k *kindLog) model.Body {
		return &model.KeyAdmitted{Key: k.people[who].key, Handle: who, Right: right, Origin: "invitation"}
	}
}

// linked returns the body that links another room.
func linked() *model.IncidentLinked {
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	return model.NewRelated(model.RelationLinked, "inc-9", other, marker+" too")
}

// excepts returns the body that leaves the asset out of the item that contains hosts.
func excepts(k *kindLog) model.Body {
	return &model.ItemExcepted{Item: k.plan.Items[2].ID, Asset: k.r.Assets[0].ID, N: 1, Reason: marker + " is off"}
}

// confirms returns the body with which the second person confirms the override of an item.
func confirms(k *kindLog) model.Body {
	return &model.GateOverridden{Item: k.plan.Items[1].ID, Note: marker + " was seen"}
}

func answers(k *kindLog) model.Body {
	for _, c := range k.plan.Conditions {
		if _, done := k.r.Answers[c.ID]; !done && !c.Exposure {
			return &model.ConditionAnswered{Condition: c.ID, Yes: true, Why: marker + " has a session"}
		}
	}
	k.t.Fatal("conditions: got none that waits for an answer, want one")
	return nil
}

func delivers(*kindLog) model.Body {
	return &model.DeliveryRecorded{Duty: "slack/opening/C1", Bridge: "slack", State: model.DeliverySent, Attempt: 1,
		What: marker + ", to C1", Detail: marker + " took it"}
}

// findingOf returns a finding with text in it.
func findingOf(n int) *model.Alert {
	return &model.Alert{Source: "gitleaks", Kind: "secret", Rule: "aws-access-token", Title: marker + " key",
		Description: marker + " in a file", Severity: "high", Confidence: "unverified", Count: 1,
		Location: model.AlertLocation{URI: marker + "/ci.sh", Line: n}, FindingKey: fmt.Sprintf("%016x%016x", n, n),
		GroupKey: fmt.Sprint("g", n)}
}

func (k *kindLog) bodies(a *model.Alert) model.Body {
	var g model.AlertGroups
	g.Add(a)
	list, _ := g.Bodies(k.r, "gitleaks-json", strings.Repeat("cd", 32))
	if len(list) != 1 {
		k.t.Fatalf("alerts: got %d new, want 1", len(list))
	}
	return list[0]
}

func received(k *kindLog) model.Body    { return k.bodies(findingOf(1)) }
func receivedToo(k *kindLog) model.Body { return k.bodies(findingOf(2)) }

// updated returns the same finding, verified in the meantime.
func updated(k *kindLog) model.Body {
	a := findingOf(1)
	a.Confidence, a.Severity = "verified", "critical"
	var g model.AlertGroups
	g.Add(a)
	list := g.Updates(k.r, "gitleaks-json", strings.Repeat("ef", 32))
	if len(list) != 1 {
		k.t.Fatalf("alerts: got %d updates, want 1", len(list))
	}
	list[0].Head = a
	return list[0]
}
