package present

import "warroom/model"

// channelLines describes the channels that were judged.
func channelLines(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, c := range r.Channels {
		state := string(c.State)
		if c.State == model.Compromised {
			state = "COMPROMISED, not used"
		}
		out = append(out,
			model.Safef("channel %s: %s, by %s since %s: %s", c.Name, state, c.By, model.FormatTime(c.At), c.Reason))
	}
	return out
}
