{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include "noise.h"
{% endblock %}
{% block maincode %}
    {% macro value(key) -%} {{get_array_name(_arrays[key])}}[0] {%- endmacro %}
    const int64_t _first = ({{value('elapsed')}} + {{value('t_in_timesteps')}}) * {{_rows}};
    for (int64_t _row = 0; _row < {{_rows}}; _row++)
        dense_engine::draw_noise<{{c_data_type(_arrays['values'].dtype)}}>(
            {{'true' if _gaussian else 'false'}}, {{value('seed')}}, INT64_C({{_stream}}), _first + _row,
            {{_units}}, 0, 1, {{get_array_name(_arrays['values'])}} + _row * {{_units}});
{% endblock %}
