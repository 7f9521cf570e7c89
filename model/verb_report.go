package model

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// reporters are the possible sources of a report by a person.
var reporters = []string{"soc", "vendor", "customer", "user", "partner", "researcher"}

// parseReport parses a report that a person received: an alert of kind report, which
// has to be judged in time. The same words twice are two reports.
func parseReport(a *args) (Body, error) {
	if a.peek() == "" {
		return nil, Refuse(
			Invalid,
			"name the reporter and write the report: :alert soc TEXT; the reporters are %s",
			strings.Join(reporters, ", "),
		)
	}
	who := strings.ToLower(strings.TrimSuffix(a.word(), ":"))
	if !inWords(who, reporters) {
		return nil, Refuse(
			Invalid,
			"%s is not a reporter; the reporters are %s",
			quoted(who),
			strings.Join(reporters, ", "),
		)
	}
	text := a.text()
	if strings.TrimSpace(text) == "" {
		return nil, Refuse(Invalid, "write the report: :alert %s TEXT", who)
	}
	title := cutText(CleanLine(text).String(), 200)
	sum := sha256.Sum256(
		[]byte(strings.Join([]string{"report", who, text, a.Who.Handle, strconv.FormatUint(a.Room.Seq, 10)}, "\n")),
	)
	key := hex.EncodeToString(sum[:16])
	b := &AlertReceived{
		Format:   "report",
		Findings: 1,
		Keys:     base64.StdEncoding.EncodeToString(sum[:alertKey]),
		Sum:      hex.EncodeToString(sum[:]),
		Alert: Alert{
			Source:     who,
			Kind:       "report",
			Rule:       who + " report",
			Title:      title,
			Severity:   "unknown",
			Confidence: "unknown",
			Count:      1,
			Asset:      AlertAsset{Type: "reporter", ID: who},
			FindingKey: key,
			GroupKey:   key,
		},
	}
	if len(title) < len(text) {
		b.Alert.Description = cutText(CleanLine(text).String(), 2000)
	}
	if !a.at.IsZero() {
		at := a.at
		b.Received = &at
	}
	return b, nil
}

func inWords(w string, list []string) bool {
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return false
}

func reporterOptions(Ctx, []string) []option {
	return from(reporters, func(s string) (string, string) { return s, "a report from a " + s })
}

// CustomerReports returns the number of alerts that customers reported.
func (r *Room) CustomerReports() (n int) {
	for i := range r.Alerts {
		if a := &r.Alerts[i].Alert; a.isCustomerReport() {
			n += max(1, r.Alerts[i].Findings)
		}
	}
	return n
}

// isCustomerReport reports whether a customer reported the alert.
func (a *Alert) isCustomerReport() bool {
	return a.Kind == "report" && strings.Contains(strings.ToLower(a.Source+" "+a.Rule+" "+a.Asset.Type), "customer")
}
