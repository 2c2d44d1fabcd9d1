{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include "stimuli.h"
namespace brian { extern std::string results_dir; }
{% endblock %}
{% block maincode %}
    {% macro value(key) -%} {{get_array_name(_arrays[key])}}[0] {%- endmacro %}
    dense_engine::Presentation _p;
    _p.trials = {{_trials}};
    _p.units = {{_units}};
    _p.classes = {{_classes}};
    // A presentation lasts for some steps, and is presented in the first.
    const int64_t _step = {{value('t_in_timesteps')}}, _hold = {{value('hold')}} > 1 ? {{value('hold')}} : 1;
    if (_step % _hold) return;
    _p.step = _step / _hold;
{% for key in ('bank', 'noise', 'noise_mean', 'noise_std', 'seed', 'stream', 'first', 'presentations',
               'scale', 'shift', 'graded', 'record') %}
    _p.{{key}} = {{value(key)}};
{% endfor %}
    dense_engine::present(_p, brian::results_dir, {{get_array_name(_arrays['rates'])}},
                          {{get_array_name(_arrays['targets'])}}, {{get_array_name(_arrays['share'])}});
{% endblock %}
