package cli

import "warroom/model"

// channelLines says how the channels of a room were judged, in words.
func channelLines(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, c := range r.Channels {
		state := string(c.State)
		if c.State == model.Compromised {
			state = "COMPROMISED, nothing goes over it"
		}
		out = append(out, model.Safef("channel %s: %s, by %s since %s: %s", c.Name, state, c.By, model.Stamp(c.At), c.Reason))
	}
	return out
}
