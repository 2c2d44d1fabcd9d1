{% extends 'common_group.cu' %}
{% block extra_headers %}
#include "cuda_stimuli.h"
namespace brian { extern std::string results_dir; }
{% endblock %}
{% block launch %}
    {# Settings and the step are read on the host, which no kernel changes them on. #}
    {% macro value(key) -%} {{get_array_name(_arrays[key], prefix='')}}[0] {%- endmacro %}
    {% macro pointer(key) -%} {{get_array_name(_arrays[key], prefix='dev')}} {%- endmacro %}
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
    dense_engine::present_on_device(
        _p, brian::results_dir, {{pointer('rates')}}, {{pointer('targets')}}, {{pointer('share')}});
{% endblock %}
