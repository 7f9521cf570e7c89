package notify

import (
	"strings"
	"unicode/utf8"

	"warroom/model"
)

// start is an incident that somebody declares in a chat.
type start struct {
	severity string
	title    string
}

// usage explains the command.
const usage = "Write /incident start SEV-1 what happened, in a few words."

// parseStart parses the arguments of the command: "start SEV-1 title".
func parseStart(text string, p *model.Plan) (start, string) {
	w := strings.Fields(plainLine(unescape(text)))
	if len(w) == 0 || !strings.EqualFold(w[0], "start") {
		return start{}, usage
	}
	if len(w) < 3 {
		return start{}, usage
	}
	sev := p.Severity(w[1])
	if sev == nil {
		var ids []string
		for _, s := range p.Severities {
			ids = append(ids, s.ID)
		}
		return start{}, "The plan has no severity " + short(w[1], 20) + "; it has " + strings.Join(ids, ", ") + ". " +
			usage
	}
	title := strings.Join(w[2:], " ")
	if utf8.RuneCountInString(title) > model.MaxTitle {
		return start{}, "The title is too long; use a few words, and write the rest into the room."
	}
	return start{severity: sev.ID, title: title}, ""
}

// unescape undoes Slack's escaping of typed text.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// escape escapes the characters that have a meaning for Slack.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
