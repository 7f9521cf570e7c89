package present

import "warroom/model"

// commandHelp describes the commands that are not written to the log.
var commandHelp = map[string]model.Safe{
	"alerts":    model.Lit("the alerts of the room, or of the lobby"),
	"channels":  model.Lit("channels: which can be trusted"),
	"checklist": model.Lit("the whole checklist"),
	"points": model.Lit("the open points that resolving or closing would leave; each has to be done or given a " +
		"reason"),
	"clocks":   model.Lit("every clock"),
	"declare":  model.Lit("declare another incident"),
	"evidence": model.Lit("evidence, with its hashes and custody"),
	"export":   model.Lit("[PROFILE] [FILE]: export the record of the room to a file on this machine"),
	"help":     model.Lit("all keys and commands"),
	"history":  model.Lit("notices and updates, and status, severity, phases and roles over time"),
	"ingest":   model.Lit("FILE: add the alerts of a tool or a report from a file on this machine"),
	"lobby":    model.Lit("the lobby: alerts that belong to no incident yet"),
	"log":      model.Lit("[N]: the newest N entries, or 20"),
	"people":   model.Lit("roles, people and keys"),
	"quit":     model.Lit("leave warroom; the room stays open"),
	"radar":    model.Lit("what has gone quiet, and every clock"),
	"refused":  model.Lit("the lines that were refused since you opened the room, and why"),
	"rooms":    model.Lit("the list of rooms"),
	"scope":    model.Lit("what is known about the attack: assets, indicators, hypotheses, impact"),
	"show":     model.Lit("N: everything about entry N"),
	"status":   model.Lit("the state of the room in short; :status all lists everything"),
	"verify":   model.Lit("how much of the record is proven, and by whom"),
}

// CommandHelp describes a command that is not written to the log.
func CommandHelp(name string) model.Safe { return commandHelp[name] }

// DidYouMean asks about a note that looks like another line.
func DidYouMean(meant string) Wording {
	s := model.Safef("did you mean \"%s\"? Enter stores the line as a note", model.CleanLine(meant))
	return Wording{Full: model.Safef("%s, any other line drops it", s), Short: model.Safef("%s, Up edits it", s)}
}
