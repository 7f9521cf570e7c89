package config

import "reflect"

// SecretEnvs returns the environment variables that the configuration names as
// sources of secrets.
func (c Config) SecretEnvs() []string { return secretEnvs(reflect.ValueOf(c)) }

// secretEnvs returns the variables named in v, at any depth.
func secretEnvs(v reflect.Value) []string {
	if from, ok := v.Interface().(SecretFrom); ok {
		if from.Env == "" {
			return nil
		}
		return []string{from.Env}
	}
	var out []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, secretEnvs(v.Field(i))...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, secretEnvs(v.Index(i))...)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			out = append(out, secretEnvs(v.MapIndex(k))...)
		}
	}
	return out
}
