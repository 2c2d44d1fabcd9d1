{% extends 'common_group.cu' %}
{% block extra_headers %}
#include "cuda_noise.h"
{% endblock %}
{% block launch %}
    {# Settings and the step are read on the host, which no kernel changes them on. #}
    {% macro value(key) -%} {{get_array_name(_arrays[key], prefix='')}}[0] {%- endmacro %}
    const int64_t _rows = {{_rows}}, _units = {{_units}};
    const int64_t _first = ({{value('elapsed')}} + {{value('t_in_timesteps')}}) * _rows;
    const unsigned int _blocks = dense_engine::blocks_for(_rows * (((_units + 1) / 2 + 3) / 4));
    dense_engine::deviates_kernel<<<_blocks, dense_engine::THREADS>>>(
        {{'true' if _gaussian else 'false'}}, {{value('seed')}}, INT64_C({{_stream}}), _first, _rows, _units,
        {{get_array_name(_arrays['values'], prefix='dev')}});
{% endblock %}
